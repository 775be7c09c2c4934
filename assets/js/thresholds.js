/* The live trial of a limit: what is written in its form goes to the server a moment after each key. */
(function () {
  "use strict";
  var PAUSE = 180, waiting = null;

  function send(form) {
    var draft = {};
    new FormData(form).forEach(function (value, name) { if (typeof value === "string") draft[name] = value; });
    window.dash_clientside.set_props("trial-draft", {data: draft});
  }

  ["input", "change"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var place = event.target.closest && event.target.closest("[data-trial]");
      var form = place && place.querySelector("form");
      if (!form || event.target.name === "reason") return;
      clearTimeout(waiting);
      waiting = setTimeout(function () { send(form); }, PAUSE);
    });
  });
})();
