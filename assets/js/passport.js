/* The passport of the figure under the pointer, or of the figures in what has the focus: what, where, when, exact, version. */
(function () {
  "use strict";
  var WAIT = 350, MOST = 8;
  var known = {}, shown = null, timer = 0, told = null;

  function box() {
    if (!shown) {
      shown = document.createElement("div");
      shown.id = "passport";
      shown.className = "passport";
      shown.setAttribute("role", "tooltip");
      shown.hidden = true;
      document.body.appendChild(shown);
    }
    return shown;
  }

  /* names that repeat on every page are asked for once, when the first passport is looked at */
  function names(scheme) {
    var page = document.querySelector("#page [data-version]");
    var key = scheme + " " + (page ? page.getAttribute("data-version") : "");
    if (!known[key]) {
      known[key] = fetch("/passport/" + encodeURIComponent(scheme), {credentials: "same-origin"})
        .then(function (answer) { return answer.ok ? answer.json() : null; });
      known[key].catch(function () { delete known[key]; });
    }
    return known[key];
  }

  function split(figure) {
    var parts = figure.split("|"), what = parts[0], at = what.indexOf(":"), when = parts[3].split("@");
    return {
      what: at < 0 ? what : what.slice(0, at), part: at < 0 ? "" : what.slice(at + 1),
      scheme: parts[1], place: parts[2], period: when[0], known: when[1] || when[0]
    };
  }

  /* whole fen are exact beyond what a number holds, so digits are moved as text */
  function exact(value, unit) {
    var digits = /^(-?)(\d+)$/.exec(value);
    if (unit.fen && digits) {
      var all = digits[2].padStart(3, "0");
      return (digits[1] ? "−" : "") + grouped(all.slice(0, -2)) + "." + all.slice(-2);
    }
    var whole = /^(-?\d+)\/(\d+)$/.exec(value);
    return grouped(whole ? String(Number(whole[1]) / Number(whole[2]) / (unit.fen ? 100 : 1)) : value).replace("-", "−");
  }

  function grouped(text) {
    return text.replace(/^(-?)(\d+)/, function (_all, sign, digits) { return sign + digits.replace(/\B(?=(\d{3})+$)/g, ","); });
  }

  function line(text, name) {
    var one = document.createElement("div");
    one.className = name || "";
    one.textContent = text;
    return one;
  }

  /* a place followed by ~ is what belongs to none of the places below it */
  function place(code, all) {
    var own = code.replace("~", ""), name = all.places[own] || own;
    return own === code ? name : name + all.places["~"];
  }

  function lines(element, all) {
    var figure = split(element.getAttribute("data-figure")), value = element.getAttribute("data-value");
    var what = all.whats[figure.what] || [figure.what, ""], unit = {fen: what[2] === "fen"};
    var name = what[0] + (figure.part ? " · " + (all.parts[figure.part] || (all.whats[figure.part] || [figure.part])[0]) : "");
    var at = all.known[figure.known], state = at && at.signed ? all.words.signed : all.words.live;
    var number = /^-?\d/.test(value) ? exact(value, unit) + " " + what[1] : all.reasons[value] || all.words.none;
    var made = [
      line(name, "name"),
      line([place(figure.place, all), figure.period.replace("T", " "), state].join(" · ")),
      line(number, "exact")
    ];
    made.push(line(all.words.as_of + (at ? at.as_of + " · " + all.words.version + " " + at.version : figure.known.replace("T", " ")), "muted"));
    return made;
  }

  function show(anchor, figures) {
    var first = figures[0];
    names(first.getAttribute("data-figure").split("|")[1]).then(function (all) {
      if (!all || told !== anchor || !anchor.isConnected) return;
      var panel = box(), at = anchor.getBoundingClientRect();
      var before = "";
      /* what the figures of a row have in common is said once */
      panel.replaceChildren.apply(panel, figures.slice(0, MOST).map(function (one) {
        var block = document.createElement("div"), made = lines(one, all), common = made[1].textContent + made[3].textContent;
        block.append.apply(block, common === before ? [made[0], made[2]] : made);
        before = common;
        return block;
      }));
      panel.hidden = false;
      /* what is looked at stays in view: figures that do not fit above or below it are left out */
      var room = Math.max(innerHeight - at.bottom, at.top) - 14;
      while (panel.offsetHeight > room && panel.childElementCount > 1) panel.lastElementChild.remove();
      var wide = panel.offsetWidth, tall = panel.offsetHeight;
      panel.style.left = Math.max(8, Math.min(at.left, innerWidth - wide - 8)) + "px";
      panel.style.top = (at.bottom + tall + 12 < innerHeight ? at.bottom + 6 : Math.max(8, at.top - tall - 6)) + "px";
    });
  }

  function hide() {
    clearTimeout(timer);
    told = null;
    if (shown) shown.hidden = true;
  }

  function ask(anchor, figures, wait) {
    hide();
    if (!figures.length) return;
    told = anchor;
    timer = setTimeout(function () { show(anchor, figures); }, wait);
  }

  document.addEventListener("mouseover", function (event) {
    var figure = event.target.closest && event.target.closest("[data-figure]");
    if (figure && figure !== told) ask(figure, [figure], WAIT);
    if (!figure && told) hide();
  });

  document.addEventListener("focusin", function (event) {
    var one = event.target;
    if (!one.matches || !one.matches(":focus-visible")) return;
    var within = one.closest("tr") || one;
    ask(one, Array.from(within.querySelectorAll("[data-figure]")), 0);
  });

  document.addEventListener("focusout", hide);
  document.addEventListener("scroll", hide, true);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") hide(); });
})();
