"""The form of one limit: four numbers, 生效月份, 理由 and scope; the rest folded under 高级. And reading it back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from dash import html
from dash.development.base_component import Component

from dashboard.components import forms
from dashboard.components.parts import Child
from dashboard.pages.thresholds import words as words
from dashboard.site.acting import FieldNotNumber
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.problems import problem_text
from dashboard.words.wording import N_, _, name_of
from rules.alerts.input import decimal_of
from rules.alerts.threshold import NoData, Scope
from rules.alerts.validation import Findings, validate_threshold
from rules.calendar import months_before
from rules.indicators import INDICATORS
from rules.scheme import load_scheme, scheme_codes
from workflows.thresholds.changes import Step, as_new, findings, last_evaluated, rearranging
from workflows.thresholds.register import ACT, CONFIRMED, Limit, NewLimit, Register, drafted

LEVELS = tuple(words.LEVELS)
FIELDS = (
    *LEVELS, "starts", "ends", "scheme", "place", "kind", "operator", "for_periods", "recover_periods", "no_data",
    "stale_after", "off", "retroactive", "confirmed", *(f"{level}_recover_at" for level in LEVELS),
    *(f"{level}_for_periods" for level in LEVELS),
)  # fmt: skip
OPERATORS = {
    "low": (("lt", N_("低于标准才预警")), ("le", N_("低于或等于标准就预警"))),
    "high": (("gt", N_("高于标准才预警")), ("ge", N_("高于或等于标准就预警"))),
}
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?")
_PLACE = re.compile(r"(province|city|county)|region:([0-9A-Za-z-]{1,20})")


@dataclass(frozen=True, slots=True)
class Checked:
    """A form as read: the limit wished for, what it does to the register, and what is wrong or to be confirmed.

    ``step`` None where the numbers do not stand yet or nothing would change; ``last``: the last period judged.
    """

    new: NewLimit
    step: Step | None
    found: Findings
    last: str | None
    reaches_back: bool
    said: Mapping[str, str]

    @property
    def sound(self) -> bool:
        """Whether the limit itself can be judged by, whatever its dates."""
        return not set(self.found.errors) & _OF_THE_NUMBERS


_OF_THE_NUMBERS = {code for code, (place, _text) in words.FINDINGS.items() if place not in ("starts", "scope")} - {
    "E_NOTHING"
}


def written(fields: Mapping[str, str], indicator: str, rule: str, reading: Reading) -> NewLimit:
    """The limit a form says; numbers are still text and may be anything."""
    spec: dict[str, object] = {"operator": fields.get("operator") or OPERATORS[rule][0][0]}
    levels: dict[str, object] = {}
    for level in LEVELS:
        at = _plain(fields.get(level, ""))
        more: dict[str, object] = {}
        if back := _plain(fields.get(f"{level}_recover_at", "")):
            more["recover_at"] = back
        if many := _plain(fields.get(f"{level}_for_periods", "")):
            more["for_periods"] = many
        if at:
            levels[level] = {"at": at, **more} if more else at
    spec["levels"] = levels
    for name in ("for_periods", "recover_periods", "stale_after"):
        if (text := _plain(fields.get(name, ""))) and text != _DEFAULTS[name]:
            spec[name] = text
    if fields.get("no_data", "") not in ("", "keep"):
        spec["no_data"] = fields["no_data"]
    spec["scale"] = INDICATORS[indicator].scale
    place = _PLACE.fullmatch(fields.get("place", ""))
    level_, region = (place[1], place[2]) if place else (None, None)
    scheme = fields.get("scheme") or None
    scope = Scope(indicator, scheme if scheme in scheme_codes() else None, level_, region)
    kind = fields.get("kind") if fields.get("kind") in words.KINDS else INDICATORS[indicator].kind
    starts = fields.get("starts", "").strip() or first_period(reading, indicator, None)
    return NewLimit(
        scope, spec, starts, fields.get("ends", "").strip() or None, not fields.get("off"), str(kind or ACT), CONFIRMED
    )


_DEFAULTS = {"for_periods": "1", "recover_periods": "1", "stale_after": "2"}


def _plain(text: str) -> str:
    """A number as typed; the minus sign shown on screen may be copied."""
    return text.strip().replace(display.MINUS, "-")


def check(reading: Reading, rows: tuple[Limit, ...], fields: Mapping[str, str], indicator: str, rule: str) -> Checked:
    """A form checked against the register as it stands, every finding at once."""
    new = written(fields, indicator, rule, reading)
    last = reading.ask(last_evaluated, new.scope, rule)
    said = {"last": words.period_words(last) if last else display.NO_VALUE, "scale": str(INDICATORS[indicator].scale)}
    alone = validate_threshold(drafted(new))
    dates = [text for text in (new.starts, new.ends) if text is not None]
    errors = set(alone.errors)
    if not all(map(is_period, dates)):
        errors.add("E_PERIOD")
    if (stale := new.spec.get("stale_after")) is not None and not str(stale).isdigit():
        errors.add("E_STALE_AFTER")
    if errors:
        return Checked(new, None, Findings(tuple(sorted(errors)), alone.warnings), last, False, said)
    step = rearranging(rows, [new])
    if step is None:
        return Checked(new, None, Findings(("E_NOTHING",), alone.warnings), last, False, said)
    back = step.since is not None and last is not None and step.since <= last
    found = findings(rows, [step], 0, last, retroactive=bool(fields.get("retroactive")))
    return Checked(new, step, found, last, back, said)


def first_period(reading: Reading, indicator: str, last: str | None) -> str:
    """The first period not judged yet: the month after the last, of live indicators tomorrow."""
    if INDICATORS[indicator].period == "live":
        return (reading.today + timedelta(days=1)).isoformat()
    if last is None:
        return f"{reading.today:%Y-%m}"
    month = months_before(int(last[:7].replace("-", "")), -1)
    return f"{month // 100}-{month % 100:02d}"


def is_period(text: str) -> bool:
    """Whether a start or end is a month or a day."""
    return _PERIOD.fullmatch(text) is not None


def triable(checked: Checked, reading: Reading) -> NewLimit | None:
    """The limit as it can be tried on history, whatever is wrong with its dates; None while its numbers do not stand."""
    if not checked.sound:
        return None
    indicator = str(checked.new.scope.indicator)
    dated = is_period(checked.new.starts)
    return checked.new if dated else replace(checked.new, starts=first_period(reading, indicator, checked.last))


# --- what is said beside the fields


def remarks(checked: Checked, fields: Mapping[str, str]) -> dict[str, list[Child]]:
    """By place beside the form what is wrong there and what has to be confirmed."""
    told: dict[str, list[Child]] = {place: [] for place in words.PLACES}
    if "E_NOT_FINITE" in checked.found.errors:
        told["levels"] += _not_numbers(fields)
    for code in checked.found.errors:
        if code == "E_NOT_FINITE" and told["levels"]:
            continue
        if code != "E_RETROACTIVE":
            place = words.FINDINGS[code][0] if code in words.FINDINGS else "levels"
            told[place].append(html.Div(words.finding(code, checked.said), className="wrong"))
    for code in checked.found.warnings:
        told[words.FINDINGS[code][0]].append(html.Div(words.finding(code, checked.said), className="warn"))
    if checked.reaches_back:
        told["starts"] += [
            html.Div(words.finding("E_RETROACTIVE", checked.said), className="warn"),
            forms.tick("retroactive", _("追溯生效，提交第二人确认"), on=bool(fields.get("retroactive"))),
        ]
    if checked.found.warnings:
        place = words.FINDINGS[checked.found.warnings[-1]][0]
        told[place].append(forms.tick("confirmed", _("已知悉，仍按此保存"), on=bool(fields.get("confirmed"))))
    return told


def _not_numbers(fields: Mapping[str, str]) -> list[Child]:
    said: list[Child] = []
    for level, (_level, name) in words.LEVELS.items():
        for column, label in ((level, _(name)), (f"{level}_recover_at", _("{colour}解除", colour=_(name)))):
            got = fields.get(column, "").strip()
            if got and decimal_of(_plain(got)) is None:
                problem = FieldNotNumber(f"{column} is {got}", label=label, got=got)
                said.append(html.Div(problem_text(problem), className="wrong"))
    return said


# --- the form


def fields_of(reading: Reading, register: Register, indicator: str, rule: str, row: Limit | None) -> list[Child]:
    """The fields, filled from a row or from nothing. Places beside them take what the check says."""
    threshold = None if row is None else row.threshold
    at = {} if threshold is None else {limit.level.code: limit for limit in threshold.limits}
    scope = row.scope if row is not None else Scope(indicator, reading.scheme.code)
    last = reading.ask(last_evaluated, scope, rule)
    starts = first_period(reading, indicator, last)
    if row is not None and row.starts > starts:
        starts = row.starts
    numbers = [
        forms.write(
            level,
            _("{colour}（{unit}）", colour=_(name), unit=words.unit(indicator)),
            _text(at[level].at) if level in at else "",
        )
        for level, (_level, name) in words.LEVELS.items()
    ]
    live = INDICATORS[indicator].period == "live"
    return [
        forms.hidden("set", str(register.number)),
        html.Div(numbers, className="fields four"),
        _place("levels"),
        forms.row(
            forms.write("starts", _("生效日期") if live else _("生效月份"), starts, required=True),
            forms.choose("scheme", _("险种"), _schemes(reading, scope), scope.scheme or ""),
            forms.choose("place", _("范围"), _places(reading), _place_of(scope)),
        ),
        _place("starts"),
        forms.area("reason", _("理由"), placeholder=_("依据和考虑，如联席会议议定事项"), rows=2, required=True),
        _advanced(indicator, rule, row),
    ]


def _text(value: object) -> str:
    return f"{value:f}"


def _place(name: str) -> Component:
    return html.Div(id=f"find-{name}", className="find-place", role="status")


def _schemes(reading: Reading, scope: Scope) -> list[tuple[str, str]]:
    codes = [entry.scheme.code for entry in reading.published.schemes if entry.scheme.kind == "ledger"]
    if scope.scheme is not None and scope.scheme not in codes:
        codes.append(scope.scheme)
    return [("", _("各险种")), *((code, name_of(load_scheme(code))) for code in codes)]


def _places(reading: Reading) -> list[tuple[str, str]]:
    levels = [(code, _(name)) for code, name in words.REGION_LEVELS.items()]
    regions = [(f"region:{code}", name_of(reading.tree.region(code))) for code in reading.tree.codes]
    return [("", _("全部地区")), *levels, *regions]


def _place_of(scope: Scope) -> str:
    return f"region:{scope.region}" if scope.region is not None else scope.region_level or ""


def _advanced(indicator: str, rule: str, row: Limit | None) -> Component:
    spec = {} if row is None else dict(as_new(row).spec)
    threshold = None if row is None else row.threshold
    at = {} if threshold is None else {limit.level.code: limit for limit in threshold.limits}
    back = [
        forms.write(
            f"{level}_recover_at", _(name),
            _text(at[level].recover_at) if level in at and at[level].recover_at != at[level].at else "",
            placeholder=_("同标准"),
        )
        for level, (_level, name) in words.LEVELS.items()
    ]  # fmt: skip
    kept = [
        forms.hidden(f"{level}_for_periods", str(entry["for_periods"]))
        for level, entry in _levels_of(spec).items()
        if isinstance(entry, Mapping) and entry.get("for_periods") is not None
    ]
    policies = [(code, _(name)) for code, name in words.NO_DATA.items()]
    policies += [
        (f"breach:{level}", _("按{colour}色预警", colour=_(name))) for level, (_l, name) in words.LEVELS.items()
    ]
    policy = "keep" if threshold is None else threshold.no_data.value
    if threshold is not None and threshold.no_data is NoData.BREACH:
        policy = f"breach:{threshold.no_data_level.code}"
    kind = row.kind if row is not None else INDICATORS[indicator].kind
    return html.Details(
        [
            html.Summary(_("高级")),
            *kept,
            forms.row(
                forms.write("for_periods", _("连续几期超限才预警"), str(spec.get("for_periods", 1))),
                forms.write("recover_periods", _("连续几期回落才解除"), str(spec.get("recover_periods", 1))),
                forms.write("stale_after", _("连续几期缺数算逾期未报"), str(spec.get("stale_after", 2))),
            ),
            _place("periods"),
            html.Div([html.Div(_("回落到多少才解除"), className="name"), html.Div(back, className="fields four")]),
            _place("recover"),
            forms.row(
                forms.choose("no_data", _("没有数据时"), policies, policy),
                forms.choose(
                    "operator", _("正好等于标准时"), [(code, _(text)) for code, text in OPERATORS[rule]],
                    str(spec.get("operator", OPERATORS[rule][0][0])),
                ),
            ),
            _place("no_data"),
            forms.row(
                forms.choose("kind", _("预警之后"), [(code, _(text)) for code, text in words.KINDS.items()], kind),
                forms.write("ends", _("失效（空为一直有效）"), row.ends or "" if row is not None else ""),
            ),
            forms.tick("off", _("不设预警（有意不监测，列入覆盖报告）"), on=row is not None and not row.enabled),
        ],
        className="advanced",
    )  # fmt: skip


def _levels_of(spec: Mapping[str, object]) -> Mapping[str, object]:
    levels = spec.get("levels", {})
    return levels if isinstance(levels, Mapping) else {}
