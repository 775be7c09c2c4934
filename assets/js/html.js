/* The component that carries a part of a page as HTML. A new text changes only what differs from the text before:
   what the reader has done since (focus, selection, scrolling, open details and dialogs, writing) stays. */
(function () {
  "use strict";
  function parsed(text) {
    var place = document.createElement("template");
    place.innerHTML = text;
    return place.content.firstChild;
  }

  /* the policy forbids style attributes; the object model may set them */
  function dress(root) {
    if (root.nodeType !== 1) return;
    [root].concat(Array.from(root.querySelectorAll("[data-style]"))).forEach(function (one) {
      if (one.dataset.style !== undefined) one.style.cssText = one.dataset.style;
    });
  }

  /* what makes a part the same one as before; parts that hold the reader's own state are never guessed by their place */
  function identity(node) {
    if (node.nodeType !== 1) return node.nodeName;
    var said = node.id || node.getAttribute("data-identity") || node.getAttribute("data-href");
    if (!said && /^(FORM|INPUT|SELECT|TEXTAREA)$/.test(node.nodeName)) {
      said = [node.getAttribute("action"), node.getAttribute("name"), node.type === "hidden" ? "" : node.getAttribute("value")].join(" ");
    }
    if (!said && node.nodeName === "DETAILS") said = node.firstChild ? node.firstChild.textContent : "";
    return node.nodeName + " " + (said || "");
  }

  /* whether details or a dialog stand open is the reader's */
  function attributes(live, was, now) {
    Array.from(was.attributes).forEach(function (one) {
      if (one.name !== "open" && !now.hasAttribute(one.name)) live.removeAttribute(one.name);
    });
    Array.from(now.attributes).forEach(function (one) {
      if (one.name !== "open" && was.getAttribute(one.name) !== one.value) live.setAttribute(one.name, one.value);
    });
    if (now.dataset.style !== was.dataset.style) live.style.cssText = now.dataset.style || "";
  }

  function made(node) {
    var copy = document.importNode(node, true);
    dress(copy);
    return copy;
  }

  /* brings a live element from what was served before to what is served now */
  function change(live, was, now) {
    if (was.isEqualNode(now)) return;
    if (now.nodeType !== 1) { live.data = now.data; return; }
    attributes(live, was, now);
    var lives = Array.from(live.childNodes), before = Array.from(was.childNodes), after = Array.from(now.childNodes);
    if (lives.length !== before.length) {  /* a script has written here: what is served now stands alone */
      live.replaceChildren.apply(live, after.map(made));
      return;
    }
    pair(before, after).forEach(function (place, at) {
      var next = place === null ? made(after[at]) : lives[place];
      if (place !== null) { change(next, before[place], after[at]); lives[place] = null; }
      after[at] = next;
    });
    lives.forEach(function (gone) { if (gone) gone.remove(); });
    after.forEach(function (node, at) {
      var there = live.childNodes[at] || null;
      if (there !== node) live.insertBefore(node, there);
    });
  }

  /* for each part now, the place of the one before that it is; null for a new one */
  function pair(before, after) {
    var found = after.map(function () { return null; }), first = 0, last = 0, most = Math.min(before.length, after.length);
    while (first < most && before[first].isEqualNode(after[first])) { found[first] = first; first += 1; }
    while (last < most - first && before[before.length - 1 - last].isEqualNode(after[after.length - 1 - last])) {
      found[after.length - 1 - last] = before.length - 1 - last;
      last += 1;
    }
    var free = before.slice(first, before.length - last).map(identity);
    for (var at = first; at < after.length - last; at += 1) {
      var place = free.indexOf(identity(after[at]));
      if (place >= 0) { found[at] = first + place; free[place] = null; }
    }
    return found;
  }

  /* a part that stands in the document is taken over as it stands; one whose component comes late, after the rest */
  var first = document.getElementById("first");
  function adopt(live, stood) {
    var focused = document.activeElement;
    stood.removeAttribute("data-stands");
    Array.from(stood.attributes).forEach(function (one) { live.setAttribute(one.name, one.value); });
    var was = stood.cloneNode(true);
    while (stood.firstChild) {
      if (live.moveBefore && stood.isConnected) live.moveBefore(stood.firstChild, null); else live.appendChild(stood.firstChild);
    }
    if (live.contains(focused) && focused !== document.activeElement) focused.focus({preventScroll: true});
    return was;
  }

  function put(live, now, was) {
    if (was) Array.from(was.attributes).forEach(function (one) { live.removeAttribute(one.name); });
    Array.from(now.attributes).forEach(function (one) { live.setAttribute(one.name, one.value); });
    live.replaceChildren.apply(live, Array.from(document.importNode(now, true).childNodes));
    dress(live);
  }

  function Html(props) {
    var React = window.React;
    var place = React.useRef(null), served = React.useRef(null);
    var stood = React.useState(function () {
      return props.html ? null : first.querySelector('[data-stands="' + props.stands + '"]');
    })[0];
    React.useLayoutEffect(function () {
      if (!props.html) { served.current = adopt(place.current, stood); return; }
      var now = parsed(props.html), was = served.current;
      if (was && identity(was) === identity(now)) change(place.current, was, now); else put(place.current, now, was);
      served.current = now;
    }, [props.html]);
    return React.createElement(props.html ? /^<([a-z0-9]+)/.exec(props.html)[1] : stood.localName, {ref: place});
  }

  window.poolwatch = {Html: Html};
})();
