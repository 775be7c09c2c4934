/* The first answer stands in the document and is painted before any other script runs. Dash's first questions are answered from the data beside it, and when Dash
   has drawn the frame, each part of which was taken over where it stood, what is left of the document's own goes. */
(function () {
  "use strict";

  /* Dash's bundles speak of one thing that no browser has: how a function made for old ones goes on where it stopped */
  window.regeneratorRuntime = window.regeneratorRuntime || {
    mark: function (made) { return made; },
    wrap: function (work) {
      var at = {prev: 0, next: 0, sent: undefined, stop: function () { at.done = true; }};
      return {next: function (got) { at.sent = got; var value = work(at); return {value: value, done: Boolean(at.done)}; }};
    }
  };

  /* Dash fetches the charts' library for itself when it does not see it yet, though it is on its way: the copy that came first
     stays, for a second one knows nothing of what the first has drawn and cannot change it */
  var library;
  Object.defineProperty(window, "Plotly", {
    get: function () { return library; },
    set: function (copy) { library = library || copy; }
  });

  var ask = window.fetch, first = document.getElementById("first");
  if (!first) return;

  /* the address is the state: the stores begin with it, so nothing is asked anew */
  function placed(text) {
    var layout = JSON.parse(text), at = window.dash_clientside.poolwatch.place(location.pathname, location.search);
    layout.props.children.forEach(function (one) {
      if (one.props.id === "view") one.props.data = at[0];
      if (one.props.id === "place") one.props.data = at[1];
    });
    window.poolwatch.stood(layout);
    return JSON.stringify(layout);
  }

  window.fetch = function (address) {
    var name = (/\/_dash-(layout|dependencies)$/.exec(address) || [])[1];
    var known = name && document.getElementById("first-" + name);
    if (!known) return ask.apply(window, arguments);
    var text = name === "layout" ? placed(known.textContent) : known.textContent;
    known.remove();
    return Promise.resolve(new Response(text, {headers: {"Content-Type": "application/json"}}));
  };

  function run(source, inOrder, then) {
    var script = document.createElement("script");
    script.src = source; script.async = !inOrder; script.onload = then;
    document.head.appendChild(script);
  }
  function start() {
    var named = JSON.parse(document.getElementById("scripts").textContent), left = named.frame.length;
    named.frame.forEach(function (source) {
      run(source, true, function () {
        left -= 1;
        if (!left) new window.DashRenderer({request_post: function (asked, answer) { window.poolwatch.update(answer); }});
      });
    });
    if (first.querySelector(".chart")) run(named.charts[1], false, null);
  }
  requestAnimationFrame(function () { setTimeout(start); });

  var drawn = new MutationObserver(function () {
    if (!document.querySelector("#react-entry-point #shell")) return;
    drawn.disconnect();
    window.fetch = ask;
    first.remove();
    /* what stood does not come in again */
    document.querySelectorAll("#drawer > .in").forEach(function (one) { one.style.animation = "none"; });
  });
  drawn.observe(document.getElementById("react-entry-point"), {subtree: true, childList: true});
})();
