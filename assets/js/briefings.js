/* 简报材料: F8 goes from change to change, Alt+arrows move a section, notes in the margin make room for one another. */
(function () {
  "use strict";
  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }

  function step(by) {
    var places = all(".briefings .paper .changed");
    if (!places.length) return false;
    var at = places.findIndex(function (one) { return one.classList.contains("at"); });
    places.forEach(function (one) { one.classList.remove("at"); });
    var next = places[at < 0 ? (by > 0 ? 0 : places.length - 1) : (at + by + places.length) % places.length];
    next.classList.add("at");
    next.scrollIntoView({block: "center"});
    return true;
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-change], [data-marks]");
    if (!button) return;
    if (button.hasAttribute("data-change")) { step(Number(button.getAttribute("data-change"))); return; }
    var shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shown));
    all(".briefings .paper").forEach(function (one) { one.classList.toggle("unmarked", !shown); });
  });

  /* who writes in a section keeps it; who closes its drawer writes in it no more */
  var renewed = 0, EVERY = 180000;
  function hold(act) {
    var form = document.querySelector('#drawer form[data-act="briefing_leave"]');
    if (!form) return;
    renewed = act === "briefing_take" ? Date.now() : 0;
    fetch(form.action.replace("briefing_leave", act), {method: "POST", body: new FormData(form), credentials: "same-origin",
      keepalive: true, headers: {Accept: "application/json"}}).catch(function () { /* saving says so */ });
  }
  document.addEventListener("click", function (event) {
    if (event.target.closest && event.target.closest("#drawer .close")) hold("briefing_leave");
  });
  document.addEventListener("input", function (event) {
    if (Date.now() - renewed > EVERY && event.target.closest && event.target.closest('#drawer form[data-act="briefing_edit"]')) hold("briefing_take");
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "F8" && step(event.shiftKey ? -1 : 1)) { event.preventDefault(); return; }
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    var line = event.target.closest && event.target.closest(".outline [data-section]");
    if (!line) return;
    var form = line.querySelectorAll(".moves form")[event.key === "ArrowUp" ? 0 : 1];
    if (form) { event.preventDefault(); form.requestSubmit(); }
  });

  /* A note stands beside what it is about, lower where another takes its place. */
  function settle() {
    if (!window.matchMedia("(min-width: 861px)").matches) return;
    var end = -Infinity;
    all(".briefings .stage .margin").forEach(function (note) {
      note.style.top = "0px";
      var top = note.getBoundingClientRect().top;
      if (top < end) { note.style.top = (end - top) + "px"; top = end; }
      end = top + note.offsetHeight + 6;
    });
  }
  var waiting = 0;
  new MutationObserver(function () {
    /* not before the document is taken over as it stands: its parts are copied, and copies may have no styles of their own */
    if (waiting || !document.querySelector(".briefings .stage") || document.querySelector("[data-stands]")) return;
    waiting = window.setTimeout(function () { waiting = 0; settle(); }, 60);
  }).observe(document.documentElement, {childList: true, subtree: true});
  window.addEventListener("resize", settle);
})();
