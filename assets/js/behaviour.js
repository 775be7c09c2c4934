/* What the browser does by itself: links without reload, version poll, menus, search, pictures of charts. */
(function () {
  "use strict";
  var POLL = 5000;

  function split(path, query) {
    var all = new URLSearchParams(query || "");
    var item = all.get("item") || "";
    all.delete("item");
    var rest = all.toString();
    return {view: path + (rest ? "?" + rest : ""), item: item};
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    poolwatch: {
      place: function (path, query, view, place) {
        var now = split(path || "/", query);
        var whole = now.item ? (path || "/") + (query || "") : "";
        var same = window.dash_clientside.no_update;
        return [now.view === view ? same : now.view, whole === (place || "") ? same : whole];
      }
    }
  });

  function go(href) {
    var url = new URL(href, location.href);
    if (!window.dash_clientside.set_props) { location.href = url.href; return; }  /* before Dash has come */
    window.dash_clientside.set_props("url", {pathname: url.pathname, search: url.search});
  }

  function here(link) {
    return link.origin === location.origin && !link.target && !link.hash && !link.hasAttribute("download") &&
      !link.hasAttribute("data-reload") && !/^\/(export|preferences|sign-|api|template|rejected|original)/.test(link.pathname);
  }

  document.addEventListener("click", function (event) {
    var open = document.querySelectorAll("details.menu[open]");
    open.forEach(function (menu) {
      if (!menu.contains(event.target) || event.target.closest(".pop a")) menu.removeAttribute("open");
    });
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    var pictured = event.target.closest("[data-picture]");
    if (pictured) { event.preventDefault(); picture(pictured); return; }
    if (event.target.closest("[data-print]")) { window.print(); return; }
    var copied = event.target.closest("[data-copy]");
    if (copied) {
      navigator.clipboard.writeText(document.querySelector(copied.getAttribute("data-copy")).innerText)
        .then(function () { copied.classList.add("done"); });
      return;
    }
    if (event.target.closest("#search")) { find(); return; }
    var link = event.target.closest("a[href]");
    var row = !link && !event.target.closest("input, label, button, select, textarea") && event.target.closest("tr[data-href]");
    if (row && !window.getSelection().toString()) {
      var narrow = window.matchMedia("(max-width: 760px)").matches && row.getAttribute("data-phone");
      go(narrow || row.getAttribute("data-href"));
      return;
    }
    if (!link || !here(link) || !window.dash_clientside.set_props) return;
    event.preventDefault();
    var leaves = link.pathname !== location.pathname;
    go(link.href);
    if (leaves) window.scrollTo(0, 0);
  });

  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); find(); return; }
    if (event.key !== "Escape") { step(event); return; }
    var menu = document.querySelector("details.menu[open]");
    if (menu) { menu.removeAttribute("open"); menu.querySelector("summary").focus(); return; }
    var close = document.querySelector("#drawer .close");
    if (close) { close.click(); return; }
    var back = document.querySelector('#page a[data-key="escape"]');
    if (back) back.click();
  });

  /* triage by keyboard: J and K to the next and the one before, on a page of one or along the rows of a list; Enter opens;
     among the messages A does what is asked, R sends back, M mutes; of the projection 1 to 3 chooses, T shows the table, E files */
  function step(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest && event.target.closest("input, textarea, select, button, a, summary, dialog[open]") && event.key === "Enter") return;
    if (event.target.closest && event.target.closest("input, textarea, select, dialog[open]")) return;
    var key = event.key.toLowerCase();
    var turn = document.querySelector("#page .inbox .turn");
    var does = {a: ".act button[type=submit]", r: '.act [data-action], .act button[value="no"]'}[key];
    if (turn && does) {
      var button = turn.querySelector(does);
      if (button && !button.disabled) { event.preventDefault(); button.click(); }
      return;
    }
    if (key === "m") {
      var quiet = document.querySelector('#page .inbox [data-key="m"] button');
      if (quiet) { event.preventDefault(); quiet.click(); }
      return;
    }
    if (!/^([jkte123]|enter)$/.test(key)) return;
    var link = document.querySelector('#page [data-key="' + key + '"]');
    if (link) { event.preventDefault(); (link.querySelector("summary") || link).click(); return; }
    if (/^[te123]$/.test(key)) return;
    var rows = Array.prototype.slice.call(document.querySelectorAll("#page .triage tr[data-href]"));
    var at = rows.findIndex(function (row) { return row.classList.contains("at"); });
    if (key === "enter") { if (at >= 0) { event.preventDefault(); go(rows[at].getAttribute("data-href")); } return; }
    if (!rows.length) return;
    event.preventDefault();
    var next = Math.max(0, Math.min(rows.length - 1, at + (key === "j" ? 1 : -1)));
    rows.forEach(function (row, index) { row.classList.toggle("at", index === next); });
    rows[next].scrollIntoView({block: "nearest"});
  }

  /* search: what the reader may open is asked for when the search opens; words are sifted here */
  var known = [];
  function find() {
    var dialog = document.querySelector("dialog.find");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    var field = dialog.querySelector("input"), none = dialog.querySelector(".none");
    none.textContent = none.dataset.none = none.dataset.none || none.textContent;
    known = []; delete dialog.dataset.chosen;
    field.value = ""; sift(dialog, ""); field.focus();
    fetch("/find" + location.search, {credentials: "same-origin", headers: {Accept: "application/json"}})
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
      .then(function (found) {
        known = found; sift(dialog, field.value);
        if (dialog.dataset.chosen) choose(dialog);
      })
      .catch(function () { known = []; sift(dialog, ""); none.textContent = none.dataset.failed; none.hidden = false; });
  }
  /* 0 where a line begins with what was typed, 1 where what it is found by besides does, 2 where all words stand in it */
  function rank(one, typed, words) {
    var text = one[0].toLowerCase();
    if (text.indexOf(typed) === 0) return 0;
    if ((" " + one[3]).indexOf(" " + typed) >= 0) return 1;
    return words.every(function (word) { return text.indexOf(word) >= 0 || one[3].indexOf(word) >= 0; }) ? 2 : 3;
  }
  function choose(dialog) {
    var link = dialog.querySelector("li a.on");
    if (link) { dialog.close(); link.click(); }
  }
  function sift(dialog, said) {
    var typed = said.trim().toLowerCase(), words = typed.split(/\s+/), fits = [[], [], []];
    known.forEach(function (one) { var at = rank(one, typed, words); if (at < 3) fits[at].push(one); });
    var lines = fits[0].concat(fits[1], fits[2]).slice(0, 60).map(function (one, at) {
      var line = document.createElement("li"), link = document.createElement("a"), kind = document.createElement("small");
      link.href = one[2]; link.textContent = one[0]; kind.textContent = one[1];
      if (!at) link.className = "on";
      link.appendChild(kind); line.appendChild(link);
      return line;
    });
    var list = dialog.querySelector("ul");
    list.replaceChildren.apply(list, lines);
    dialog.querySelector(".none").hidden = lines.length > 0 || !known.length;
  }
  document.addEventListener("input", function (event) {
    var dialog = event.target.closest("dialog.find");
    if (dialog) sift(dialog, event.target.value);
  });
  document.addEventListener("keydown", function (event) {
    var dialog = event.target.closest && event.target.closest("dialog.find");
    if (!dialog) return;
    var lines = Array.from(dialog.querySelectorAll("li"));
    var at = lines.findIndex(function (line) { return line.querySelector("a.on"); });
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      var next = Math.max(0, Math.min(lines.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)));
      lines.forEach(function (line, index) { line.querySelector("a").classList.toggle("on", index === next); });
      if (lines[next]) lines[next].scrollIntoView({block: "nearest"});
    } else if (event.key === "Enter") {  /* before the list has come: as soon as it is there */
      event.preventDefault();
      if (known.length) choose(dialog); else dialog.dataset.chosen = "1";
    }
  });
  document.addEventListener("click", function (event) {
    var dialog = event.target.closest("dialog.find");
    if (dialog && (event.target === dialog || event.target.closest("a"))) dialog.close();
  });

  /* the version poll: figures are fetched again only when a new version is out */
  var etag = null, newest = null, asked = null, unread = Number(document.documentElement.dataset.unread || 0);
  function poll() {
    if (document.hidden || !window.dash_clientside.set_props) return;
    /* what is being written must not be swept away */
    if (document.querySelector("form[data-act][data-dirty]")) return;
    var at = new URLSearchParams(location.search).get("scheme");
    fetch("/api/v1/version" + (at ? "?scheme=" + encodeURIComponent(at) : ""), {headers: etag ? {"If-None-Match": etag} : {}, credentials: "same-origin", cache: "no-store"})
      .then(function (answer) {
        if (answer.status === 401) { location.href = "/sign-in?next=" + encodeURIComponent(location.pathname + location.search); }
        if (answer.status !== 200) return newest;
        etag = answer.headers.get("ETag");
        return answer.json().then(function (said) { unread = said.unread; settle(); return said.version; });
      })
      .then(function (version) {
        /* compared with what the page shows: one published between the page's answer and the first poll counts too */
        var page = document.querySelector("#page [data-version]");
        var shown = page ? page.getAttribute("data-version") : newest;
        newest = version;
        if (version === null || shown === null || shown === version || asked === version) return;
        asked = version;
        window.dash_clientside.set_props("version", {data: version});
      })
      .catch(function () { /* offline for a moment: the page keeps what it shows */ });
  }
  setInterval(poll, POLL);
  window.addEventListener("load", function () { setTimeout(poll, 400); });
  document.addEventListener("visibilitychange", poll);

  /* forms: what has been written in marks them */
  ["input", "change"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var form = event.target.closest && event.target.closest("form[data-act]");
      if (form) form.dataset.dirty = "1";
    });
  });

  /* acts: what was written stays until it is taken; the answer appears in the form */
  document.addEventListener("submit", function (event) {
    var form = event.target.closest("form[data-act]");
    if (!form) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    var answer = form.querySelector(".answer"), note = document.getElementById("note");
    var content = new FormData(form);
    if (event.submitter && event.submitter.name) content.append(event.submitter.name, event.submitter.value);
    form.dataset.busy = "1"; answer.textContent = ""; note.textContent = "";
    var act = event.submitter && event.submitter.getAttribute("data-action") || form.getAttribute("action");
    fetch(act, {method: "POST", body: content, credentials: "same-origin", headers: {Accept: "application/json"}})
      .then(function (said) {
        if (said.status === 401) { location.href = "/sign-in?next=" + encodeURIComponent(location.pathname + location.search); }
        return said.json();
      })
      .then(function (said) {
        delete form.dataset.busy;
        if (!said.problem) {
          delete form.dataset.dirty; form.reset();
          form.dispatchEvent(new CustomEvent("poolwatch:done", {bubbles: true}));
        }
        if (said.problem) { answer.textContent = said.problem; answer.classList.add("bad"); return; }
        if (said.undo) { kept(form, said); return; }
        /* what is told once stays where it was asked for */
        if (said.once) { answer.classList.remove("bad"); answer.textContent = said.message + " " + said.once; return; }
        note.textContent = said.message; note.classList.add("good");
        setTimeout(function () { if (note.textContent === said.message) { note.textContent = ""; note.classList.remove("good"); } }, 6000);
        var following = form.closest(".turn") && form.closest("[data-next]");
        if (said.href) go(said.href); else if (following) go(following.getAttribute("data-next"));
        if (said.anew) window.dash_clientside.set_props("version", {data: "after " + act + " " + Date.now()});
        etag = null; poll();
      })
      .catch(function () {
        delete form.dataset.busy; answer.textContent = form.dataset.failed; answer.classList.add("bad");
        form.dispatchEvent(new CustomEvent("poolwatch:lost", {bubbles: true}));
      });
  });

  /* what was put aside is said where it was asked for, with the way back */
  function kept(form, said) {
    var answer = form.querySelector(".answer"), undo = document.createElement("button");
    undo.type = "button"; undo.textContent = form.getAttribute("data-undo");
    answer.classList.remove("bad"); answer.textContent = said.message; answer.appendChild(undo);
    undo.addEventListener("click", function () {
      var content = new FormData();
      Object.keys(said.undo.fields).forEach(function (name) { content.append(name, said.undo.fields[name]); });
      fetch(said.undo.action, {method: "POST", body: content, credentials: "same-origin", headers: {Accept: "application/json"}})
        .then(function (back) { return back.json(); })
        .then(function (back) { answer.textContent = back.problem || back.message; })
        .catch(function () { answer.textContent = form.dataset.failed; });
    });
  }

  /* pictures: the same figure in print layout, drawn by the reader's own browser with its fonts */
  var library = null;
  function plotly() {
    if (window.Plotly) return Promise.resolve(window.Plotly);
    library = library || new Promise(function (done, failed) {
      var script = document.createElement("script");
      script.src = "/_dash-component-suites/plotly/package_data/plotly.min.js";
      script.onload = function () { done(window.Plotly); };
      script.onerror = function (problem) { library = null; failed(problem); };
      document.head.appendChild(script);
    });
    return library;
  }

  /* a chart of a document stands as its data: drawn where it is, and again where it became another */
  var drawing = 0;
  function draw() {
    drawing = 0;
    document.querySelectorAll("[data-drawing]").forEach(function (place) {
      var asked = place.getAttribute("data-drawing");
      if (place.drawn === asked) return;
      place.drawn = asked;
      plotly().then(function (plot) {
        var figure = JSON.parse(asked);
        return plot.newPlot(place, figure.data, figure.layout, {staticPlot: true, responsive: true, displayModeBar: false});
      }).catch(function () { place.drawn = null; });
    });
  }
  new MutationObserver(function () {
    if (!drawing && !document.querySelector("[data-stands]")) drawing = setTimeout(draw, 30);
  }).observe(document.documentElement, {childList: true, subtree: true, attributes: true, attributeFilter: ["data-drawing"]});

  function drawn(button, kind) {
    return Promise.all([plotly(), fetch(button.getAttribute("data-drawn"), {credentials: "same-origin"})])
      .then(function (both) {
        if (!both[1].ok) throw new Error(both[1].status);
        return both[1].json().then(function (chart) {
          var size = {format: kind, width: chart.width, height: chart.height, scale: kind === "png" ? chart.scale : 1};
          return both[0].toImage({data: chart.data, layout: chart.layout}, size).then(function (image) {
            return {image: image, name: chart.name + "." + kind};
          });
        });
      });
  }
  function failed(problem) {
    var note = document.getElementById("note");
    note.textContent = note.getAttribute("data-failed") + " (" + problem.message + ")";
  }
  function picture(button) {
    var kind = button.getAttribute("data-picture");
    document.getElementById("note").textContent = "";
    if (kind === "copy") { copy(button); return; }
    drawn(button, kind).then(function (made) {
      var link = document.createElement("a");
      link.href = made.image; link.download = made.name;
      document.body.appendChild(link); link.click(); link.remove();
    }).catch(failed);
  }
  /* the promise goes in as it is: a browser that asks for a gesture takes no picture that comes later */
  function copy(button) {
    var note = document.getElementById("note");
    function forbidden() { note.textContent = note.getAttribute("data-forbidden"); }
    if (!navigator.clipboard || !navigator.clipboard.write || !window.ClipboardItem) { forbidden(); return; }
    var unmade = null;
    var content = drawn(button, "png").then(function (made) {
      var text = atob(made.image.split(",")[1]), bytes = new Uint8Array(text.length);
      for (var i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
      return new Blob([bytes], {type: "image/png"});
    });
    content.catch(function (problem) { unmade = problem; });
    navigator.clipboard.write([new ClipboardItem({"image/png": content})]).then(function () {
      note.textContent = note.getAttribute("data-copied"); note.classList.add("good");
      setTimeout(function () { note.textContent = ""; note.classList.remove("good"); }, 6000);
    }, function () { if (unmade) failed(unmade); else forbidden(); });
  }

  /* after each change: title of the page, whose page it is, selected row */
  function settle() {
    var titled = document.querySelector("#page [data-title]");
    if (titled && document.title !== titled.getAttribute("data-title")) document.title = titled.getAttribute("data-title");
    document.querySelectorAll(".upload input[type=file]:not([aria-label])").forEach(function (field) {
      field.setAttribute("aria-label", field.closest(".upload").textContent.trim());
    });
    var root = document.documentElement.dataset;
    [["account-name", root.name], ["account-note", root.account]].forEach(function (one) {
      var place = document.getElementById(one[0]);
      if (place && place.textContent !== one[1]) place.textContent = one[1];
    });
    document.querySelectorAll(".upload input:not([aria-label])").forEach(function (field) {
      field.setAttribute("aria-label", field.closest(".upload").textContent);
    });
    var count = document.getElementById("unread"), shown = unread ? String(unread) : "";
    if (count && count.textContent !== shown) count.textContent = shown;
    var item = new URLSearchParams(location.search).get("item") || "";
    document.querySelectorAll("#page tr[data-href]").forEach(function (row) {
      var its = new URL(row.getAttribute("data-href"), location.href).searchParams.get("item") || "";
      if (item && its === item) row.setAttribute("aria-selected", "true"); else row.removeAttribute("aria-selected");
    });
  }
  new MutationObserver(settle).observe(document.documentElement, {subtree: true, childList: true});
})();
