/* Charts as wide as they are: names under an axis never over one another; on a phone the near part of a long course, and the
   whole of it, turned, on demand. */
(function () {
  "use strict";
  var PHONE = "(max-width: 760px)", APART = 8;

  function wide(text) {
    return Math.max.apply(null, String(text).split("<br>").map(function (line) {
      return Array.from(line.replace(/<[^>]*>/g, "")).reduce(function (sum, one) { return sum + (one > "\u2e7f" ? 12 : 6.8); }, 0);
    }));
  }

  /* every other name, the last among them, until they stand apart; a name over the edge is as much too wide */
  function names(values, texts, room, span) {
    var at = values.map(function (_value, place) { return place; });
    function touch() {
      return at.some(function (place, n) {
        if (!n) return false;
        var before = at[n - 1], apart = (values[place] - values[before]) / span * room;
        return apart < (wide(texts[place]) + wide(texts[before])) / 2 + APART;
      });
    }
    while (at.length > 1 && touch()) at = at.filter(function (_place, n) { return (at.length - 1 - n) % 2 === 0; });
    return at;
  }

  /* the layout as it was served, which stays with the figure until another comes */
  function whole(drawn) {
    var meta = drawn.layout.meta = drawn.layout.meta || {};
    if (!meta.kept) meta.kept = {layout: JSON.parse(JSON.stringify(drawn.layout)), fitted: "", narrow: false};
    return meta.kept;
  }

  function fit(drawn) {
    if (!window.Plotly || !drawn._fullLayout || !drawn.layout || !drawn.layout.xaxis || !drawn.offsetWidth) return;
    var kept = whole(drawn), was = kept.layout, phone = matchMedia(PHONE).matches && (was.meta || {}).phone;
    var asked = drawn.offsetWidth + (phone ? " phone" : "");
    if (kept.fitted === asked) return;
    kept.fitted = asked;
    var axis = was.xaxis, values = axis.tickvals || [], texts = axis.ticktext || [], range = axis.range, margin = was.margin;
    var change = {};
    if (phone || kept.narrow) {  /* the near part of the course; flags, whose words have no room, are left to the large one */
      kept.narrow = Boolean(phone);
      margin = phone ? Object.assign({}, margin, phone.margin) : margin;
      values = phone ? phone.ticks : values; texts = phone ? phone.names : texts; range = phone ? phone.range : range;
      change = {margin: margin, "xaxis.range": range, shapes: was.shapes || [], annotations: was.annotations || []};
      if (phone) {
        change["yaxis.range"] = phone.values;
        change.shapes = change.shapes.filter(function (one) { return one.line.dash !== "1px,2px"; });
        change.annotations = change.annotations.filter(function (one) { return one.yref !== "paper"; })
          .map(function (one) { return Object.assign({}, one, phone.labels[one.x]); });
      } else change["yaxis.autorange"] = true;
    }
    if (values.length && range) {
      var at = names(values, texts, drawn.offsetWidth - margin.l - margin.r, range[1] - range[0]);
      if (change.margin || at.length !== (drawn.layout.xaxis.tickvals || []).length) {
        change["xaxis.tickvals"] = at.map(function (place) { return values[place]; });
        change["xaxis.ticktext"] = at.map(function (place) { return texts[place]; });
      }
    }
    if (Object.keys(change).length) window.Plotly.relayout(drawn, change).catch(function (problem) {
      if (drawn.isConnected) throw problem;  /* a chart whose page went away while it was drawn has nothing left to fit */
    });
  }

  var waiting = 0;
  function all() {
    waiting = 0;
    document.querySelectorAll("#page .js-plotly-plot, #drawer .js-plotly-plot").forEach(fit);
  }
  function soon() { if (!waiting) waiting = setTimeout(all, 60); }
  new MutationObserver(soon).observe(document.documentElement, {childList: true, subtree: true});
  window.addEventListener("resize", soon);
  /* paper is another width, and there is no time to draw anew: what is drawn is scaled */
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".js-plotly-plot .main-svg").forEach(function (svg) {
      svg.setAttribute("viewBox", "0 0 " + svg.getAttribute("width") + " " + svg.getAttribute("height"));
      svg.setAttribute("preserveAspectRatio", "xMinYMin meet");
    });
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-enlarge]");
    if (!button) return;
    event.preventDefault();
    var section = button.closest(".section"), drawn = section.querySelector(".js-plotly-plot"), words = section.querySelector(".events");
    if (!drawn || !window.Plotly) return;
    var dialog = document.createElement("dialog"), turned = document.createElement("div"), head = document.createElement("div");
    var close = document.createElement("button"), large = document.createElement("div");
    dialog.className = "enlarged"; turned.className = "turned"; head.className = "head"; close.className = "close"; large.className = "large";
    head.textContent = section.querySelector("h2").textContent; close.type = "button"; close.textContent = "×";
    close.setAttribute("aria-label", button.getAttribute("data-close")); head.appendChild(close);
    turned.append(head, large);
    if (words) turned.append(words.cloneNode(true));
    dialog.append(turned); document.body.append(dialog); dialog.showModal();
    var layout = whole(drawn).layout;
    window.Plotly.newPlot(large, drawn.data, Object.assign({}, layout, {autosize: true, width: large.clientWidth, height: large.clientHeight}),
      {displayModeBar: false, staticPlot: false, responsive: false});
    close.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("close", function () { window.Plotly.purge(large); dialog.remove(); });
  });
})();
