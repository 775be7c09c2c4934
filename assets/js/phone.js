/* 批示: usual phrases, a draft that outlives a lost connection, and on a phone the form as a sheet from below. */
(function () {
  "use strict";
  var PHONE = "(max-width: 760px)", DRAFT = "draft ";

  function phrased(form) { return form && form.querySelector(".phrases"); }
  function key(form) { return DRAFT + new URL(form.getAttribute("action"), location.href).pathname; }
  function store(act) { try { act(window.localStorage); } catch (_closed) { /* a browser that keeps nothing */ } }

  document.addEventListener("click", function (event) {
    var phrase = event.target.closest("[data-phrase]");
    if (!phrase) return;
    event.preventDefault();
    var field = phrase.closest("form").querySelector("textarea"), said = phrase.textContent;
    field.value = field.value.trim() ? field.value.trim() + "，" + said : said;
    field.dispatchEvent(new Event("input", {bubbles: true}));
    field.focus();
  });

  document.addEventListener("input", function (event) {
    var form = event.target.matches("textarea") && event.target.closest("form[data-act]");
    if (phrased(form)) store(function (kept) { kept.setItem(key(form), event.target.value); });
  });
  function refill() {
    document.querySelectorAll("form[data-act] .phrases").forEach(function (phrases) {
      var form = phrases.closest("form"), field = form.querySelector("textarea");
      if (field.dataset.refilled) return;
      field.dataset.refilled = "1";
      store(function (kept) {
        var draft = kept.getItem(key(form));
        if (draft && !field.value) { field.value = draft; form.dataset.dirty = "1"; }
      });
    });
  }
  new MutationObserver(refill).observe(document.documentElement, {childList: true, subtree: true});
  document.addEventListener("poolwatch:done", function (event) {
    var form = event.target;
    if (phrased(form)) store(function (kept) { kept.removeItem(key(form)); });
    var sheet = form.closest("dialog.up");
    if (sheet) sheet.close();
  });
  document.addEventListener("poolwatch:lost", function (event) {
    var phrases = phrased(event.target);
    if (phrases) event.target.querySelector(".answer").textContent = phrases.getAttribute("data-kept");
  });
  /* who signs out leaves nothing behind */
  document.addEventListener("submit", function (event) {
    if (event.target.getAttribute("action") !== "/sign-out") return;
    store(function (kept) { Object.keys(kept).filter(function (one) { return one.indexOf(DRAFT) === 0; }).forEach(function (one) { kept.removeItem(one); }); });
  }, true);

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[data-sheet]");
    if (!link || !matchMedia(PHONE).matches || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); event.stopImmediatePropagation();
    fetch(link.href, {credentials: "same-origin", headers: {Accept: "text/html"}})
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.text(); })
      .then(function (text) {
        var there = new DOMParser().parseFromString(text, "text/html"), form = there.querySelector('form[action*="/instruct?"]');
        if (!form) { location.href = link.href; return; }
        sheet(link, form, there.querySelectorAll(".instruction"));
      })
      .catch(function () { location.href = link.href; });
  }, true);
  function sheet(link, form, given) {
    var dialog = document.createElement("dialog"), head = document.createElement("h3"), close = document.createElement("button");
    var line = link.closest("li"), level = line && line.querySelector(".lv"), what = line && line.querySelector(".what");
    dialog.className = "up"; close.type = "button"; close.className = "close"; close.textContent = "×";
    close.setAttribute("aria-label", link.getAttribute("data-sheet"));
    if (level) head.append(level.cloneNode(true));
    var words = document.createElement("span");
    words.textContent = what ? what.textContent : link.textContent;
    head.append(words, close);
    dialog.append(head);
    given.forEach(function (one) { dialog.append(document.importNode(one, true)); });
    dialog.append(document.importNode(form, true));
    document.body.append(dialog);
    close.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", function () { dialog.remove(); });
    dialog.showModal();
  }
})();
