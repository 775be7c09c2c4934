/* What Dash is given anew it builds anew. Where an answer has the shape of what stands, only what differs is set: parts
   by their HTML, charts by their figure; a container whose inside has another shape gets it whole. */
(function () {
  "use strict";

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

  /* the properties to set by path, or false where the two are not of one shape */
  function differences(was, now, at, told) {
    if (Array.isArray(now)) {
      return Array.isArray(was) && was.length === now.length &&
        now.every(function (one, place) { return differences(was[place], one, at.concat(place), told); });
    }
    if (!now || !now.props || !was || !was.props) return same(was === undefined ? null : was, now);
    var before = was.props, after = now.props, changed = {};
    if (was.type !== now.type || was.namespace !== now.namespace || !same(before.id, after.id) || before.key !== after.key) return false;
    Object.keys(after).forEach(function (name) {
      if (name !== "children" && !same(before[name], after[name])) changed[name] = after[name];
    });
    if (now.namespace === "dash_html_components") {
      Object.keys(before).forEach(function (name) {
        if (!(name in after) && !/^(children|n_clicks.*)$/.test(name)) changed[name] = undefined;
      });
    }
    var deeper = [];
    if (!differences(before.children, after.children === undefined ? null : after.children, at.concat("props", "children"), deeper)) {
      changed.children = after.children === undefined ? null : after.children;
      deeper = [];
    }
    if (Object.keys(changed).length) told.push([at, changed]);
    deeper.forEach(function (one) { told.push(one); });
    return true;
  }

  window.poolwatch.update = function (response) {
    Object.keys(response || {}).forEach(function (id) {
      var root = window.dash_component_api.getLayout(["components"]), at = path(root, id, ["components"]), told = [];
      if (!at || !("children" in response[id])) return;
      var was = window.dash_component_api.getLayout(at);
      if (!differences(was.props.children, response[id].children, at.concat("props", "children"), told)) return;
      delete response[id].children;
      if (!Object.keys(response[id]).length) delete response[id];
      told.forEach(function (one) { window.dash_clientside.set_props(one[0], one[1]); });
    });
  };
})();
