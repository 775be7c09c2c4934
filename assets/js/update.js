/* What Dash is given anew it builds anew. Where an answer has the shape of the one before, only what differs is set, and
   what has not changed is not touched: not by a chart drawn twice, not in what another callback has shown there since. */
(function () {
  "use strict";
  var FRAME = ["header", "menu", "page", "drawer"], HTML = "dash_html_components", served = {};

  function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }

  function path(component, id, at) {
    if (!component || !component.props) return null;
    if (component.props.id === id) return at;
    var within = component.props.children, list = Array.isArray(within) ? within : [within], inside = at.concat("props", "children");
    for (var place = 0; place < list.length; place += 1) {
      var found = path(list[place], id, Array.isArray(within) ? inside.concat(place) : inside);
      if (found) return found;
    }
    return null;
  }

  function changes(before, after) {
    var changed = {};
    Object.keys(Object.assign({}, before, after)).forEach(function (name) {
      if (name !== "children" && !same(before[name], after[name])) changed[name] = after[name];
    });
    return changed;
  }

  /* collects [path, properties] to set; false where the two are not of one shape, or a live part of its own is another */
  function differences(was, now, at, told) {
    if (Array.isArray(now)) {
      return Array.isArray(was) && was.length === now.length &&
        now.every(function (one, place) { return differences(was[place], one, at.concat(place), told); });
    }
    if (!now || !now.props || !was || !was.props) return same(was, now);
    var before = was.props, after = now.props, changed = changes(before, after), deeper = [];
    if (was.type !== now.type || was.namespace !== now.namespace || "id" in changed || "key" in changed) return false;
    if (Object.keys(changed).length && now.namespace !== HTML && now.namespace !== "poolwatch") return false;
    /* what stands in a part with a name may be another callback's since: it is compared as served, and set whole */
    var fits = now.namespace === HTML && after.id ? same(before.children, after.children) :
      differences(before.children, after.children, at.concat("props", "children"), deeper);
    if (!fits) { changed.children = after.children === undefined ? null : after.children; deeper = []; }
    if (Object.keys(changed).length) told.push([at, changed]);
    deeper.forEach(function (one) { told.push(one); });
    return true;
  }

  /* whether what was served last stands: Dash may have dropped that answer for a newer question */
  function stands(live, was) {
    if (Array.isArray(was)) return Array.isArray(live) && live.length === was.length && was.every(function (one, place) { return stands(live[place], one); });
    if (!was || !was.props) return same(live === undefined ? null : live, was === undefined ? null : was);
    if (!live || !live.props || live.type !== was.type || live.namespace !== was.namespace || !same(live.props.id, was.props.id)) return false;
    if (was.namespace === "poolwatch") return live.props.html === was.props.html && live.props.stands === was.props.stands;
    return was.namespace !== HTML || Boolean(was.props.id) || stands(live.props.children, was.props.children);
  }

  /* the first answer, which stands in the document */
  window.poolwatch.stood = function (layout) {
    (function look(component) {
      if (Array.isArray(component)) { component.forEach(look); return; }
      if (!component || !component.props) return;
      if (FRAME.indexOf(component.props.id) >= 0) served[component.props.id] = component.props.children; else look(component.props.children);
    })(layout);
  };

  window.poolwatch.update = function (answer) {
    if ("page" in answer) Object.keys(served).forEach(function (id) { if (FRAME.indexOf(id) < 0) delete served[id]; });
    Object.keys(answer).forEach(function (id) {
      if (!("children" in answer[id])) return;
      var was = served[id], now = answer[id].children, known = id in served, told = [];
      var layout = window.dash_component_api.getLayout(["components"]), at = path(layout, id, ["components"]);
      served[id] = now;
      var live = at && at.slice(1).reduce(function (part, step) { return part[step]; }, layout);
      if (!known || !at || !stands(live.props.children, was) || !differences(was, now, at.concat("props", "children"), told)) return;
      delete answer[id].children;
      if (!Object.keys(answer[id]).length) delete answer[id];
      told.forEach(function (one) { window.dash_clientside.set_props(one[0], one[1]); });
    });
  };
})();
