"""The component that carries HTML: whatever follows on what, the page shows what was served last."""

from __future__ import annotations

from collections.abc import Callable

from dash import html
from hypothesis import HealthCheck, given, settings, strategies as st
from playwright.sync_api import Page

from dashboard.site.markup import Element, sent
from tests.browser.conftest import Seat

SHOWN = """served => {
  const place = document.createElement('div'), root = ReactDOM.createRoot(place);
  document.body.appendChild(place);
  const shown = served.map(html => {
    ReactDOM.flushSync(() => root.render(React.createElement(window.poolwatch.Html, {html: html})));
    const wanted = document.createElement('template');
    wanted.innerHTML = html;
    place.querySelectorAll('[style]').forEach(one => {
      if (one.style.left !== one.dataset.style.slice(5)) one.textContent = 'not styled';
      one.removeAttribute('style');
    });
    return [place.firstChild.isEqualNode(wanted.content.firstChild), place.innerHTML, html];
  });
  root.unmount(); place.remove();
  return shown.filter(one => !one[0]);
}"""

WORDS = st.sampled_from(["a", "b", "江", "1.23", "<&>"])
NAMES = st.sampled_from([None, "one", "two", "three"])


def _element(inside: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    content = st.lists(st.one_of(WORDS, inside), max_size=4)
    return st.one_of(
        st.builds(lambda c, k, t: html.Div(c, key=k, title=t), content, NAMES, WORDS),
        st.builds(lambda c, k: html.Li(c, className=k), content, NAMES),
        st.builds(lambda c, w: html.Span(c, style={"left": f"{len(w)}%"}), content, WORDS),
        st.builds(lambda n, v: Element("input", type="text", name=n or "x", value=v), NAMES, WORDS),
        st.builds(lambda c: html.Form(c, action="/act"), st.lists(WORDS, max_size=2)),
        st.builds(lambda w, c: html.Details([html.Summary(w), *c]), WORDS, content),
        st.builds(
            lambda c: html.Table(html.Tbody(c)),
            st.lists(st.builds(lambda k, w: html.Tr(html.Td(w), **{"data-href": k or "/"}), NAMES, WORDS), max_size=4),  # type: ignore[arg-type]
        ),
    )


PARTS = st.recursive(st.builds(html.P, WORDS), _element, max_leaves=12)
SERVED = st.lists(st.builds(lambda part: html.Section(part), st.lists(PARTS, max_size=4)), min_size=2, max_size=4)


def test_what_is_shown_is_what_was_served_last(sit: Callable[..., Seat]) -> None:
    page: Page = sit("p-monitor").go("/nowhere")

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(SERVED)
    def follows(served: list[object]) -> None:
        assert page.evaluate(SHOWN, [str(sent(one, ()).html) for one in served]) == []

    follows()
    assert page.evaluate(SHOWN, ["<p>a</p>", "<p>a</p>", "<b>c</b>"]) == []
