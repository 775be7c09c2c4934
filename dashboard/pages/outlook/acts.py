"""What readers do at 中长期测算: save a scenario, which is computed at once and shown beside the base."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.components.parts import norm
from dashboard.pages.outlook import assumed
from dashboard.pages.outlook.chosen import scenario
from dashboard.site.act import Deed, Done, Layout, Part, Values, act
from dashboard.site.fields import Area, Choice, Field, Text, blank
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _
from data_access.books.outlook.results import MID, load_runs
from rules.projection.assumptions import ASSUMPTIONS
from workflows.outlook.assumptions import from_json
from workflows.outlook.scenarios import save_scenario
from workflows.people.accounts import Role

SAVING = frozenset({Role.MONITOR, Role.ASSESSOR, Role.FINANCE})
NAME = Text("name", N_("方案名称"), most=40)
REASON = Area("reason", N_("理由"), rows=2, most=300)
ABREAST = 2  # fields


def known_codes(reading: Reading) -> Mapping[str, str]:
    """The base's assumptions that a scenario may set otherwise, with their values as a form takes them; none before the
    first projection."""
    run = reading.ask(load_runs, reading.scheme.code, reading.about_now.version).get(MID)
    basis = None if run is None or run.made.basis is None else from_json(run.made.basis)
    every = () if basis is None else basis.assumptions
    return {one.code: assumed.written(one.values) for one in every if one.code in ASSUMPTIONS}


def field_of(code: str, base: str = "") -> Field[str | None]:
    """The field of one assumption, in which the base's values stand faintly."""
    if ASSUMPTIONS[code].unit == "choice":
        return blank(Choice(code, assumed.name(code), {"": N_("同基准"), **assumed.RETIREMENT}))
    return blank(Text(code, assumed.name(code), most=400, placeholder=base))


def fields(reading: Reading) -> Layout:
    """Name, every assumption that the projection knows, two abreast, and why."""
    made = [field_of(code, base) for code, base in known_codes(reading).items()]
    rows: list[Part] = [tuple(made[at : at + ABREAST]) for at in range(0, len(made), ABREAST)]
    return (NAME, *rows, REASON)


def form(reading: Reading) -> Component:
    """The form, with how values are written."""
    said = _("百分数；各年不同的依次写，用空格隔开，最后一个一直沿用，如 4.5 4 3.5。留空的同基准。")
    first, *others = fields(reading)
    return save.form(reading, values(reading), [first, html.P(norm(said), className="muted"), *others])


def values(reading: Reading) -> Values:
    """What stands in the form: of a scenario that is looked at its own, so that saving makes its next version."""
    one = scenario(reading)
    if one is None:
        return {}
    own: Values = {field_of(code): assumed.written(change.values) for code, change in one.changes.items()}
    return {NAME: one.name, **own}


def _assumptions(reading: Reading) -> Iterator[Field[str | None]]:
    return (field_of(code) for code in known_codes(reading))


@act("outlook_save", N_("保存并测算"), SAVING, fields, whole=True)
def save(deed: Deed) -> Done:
    """Save a scenario with its projections and show it. Raises AssumptionUnfit, NothingAssumed, NoProjection, InputError."""
    reading, scheme = deed.reading, deed.reading.scheme.code
    name = deed[NAME]
    given = {field.name: deed[field] or "" for field in _assumptions(reading)}
    by, version = (deed.account.login, deed.account.name), reading.about_now.version
    number = save_scenario(deed.connection, scheme, name, given, deed[REASON], by, version, deed.now)
    href = reading.view.href(set=str(number), item="", tab="", show="")
    return Done(_("方案“{name}”已存并测算，基准不变。", name=name), f"{scheme} outlook {number}", href=href)
