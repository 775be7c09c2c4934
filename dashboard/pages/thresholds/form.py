"""The form of one limit: four numbers, 生效月份, 理由 and scope; the rest folded under 高级. And reading it back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.parts import Child
from dashboard.pages.thresholds import words as words
from dashboard.site.fields import Area, Choice, Field, FieldNotNumber, Text, Tick, blank
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.problems import problem_text
from dashboard.words.wording import N_, _, name_of
from rules.alerts.input import decimal_of
from rules.alerts.threshold import NoData, Scope
from rules.alerts.validation import Findings, validate_threshold
from rules.calendar import months_before
from rules.indicators import INDICATORS
from rules.month import Month
from rules.scheme import load_scheme, scheme_codes
from workflows.thresholds.changes import Step, as_new, findings, last_evaluated, rearranging
from workflows.thresholds.register import ACT, CONFIRMED, Limit, NewLimit, Register, drafted

LEVELS = tuple(words.LEVELS)
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
    return Month(month).iso


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
            RETROACTIVE.input(value=bool(fields.get("retroactive"))),
        ]
    if checked.found.warnings:
        place = words.FINDINGS[checked.found.warnings[-1]][0]
        told[place].append(KNOWN.input(value=bool(fields.get("confirmed"))))
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

SET = Text("set", N_("版本"), most=12, hidden=True, kept=False)
REASON = Area("reason", N_("理由"), most=500, rows=2, placeholder=N_("依据和考虑，如联席会议议定事项"))
RETROACTIVE = Tick("retroactive", N_("追溯生效，提交第二人确认"))
KNOWN = Tick("confirmed", N_("已知悉，仍按此保存"))


def limit_fields(indicator: str, rule: str, scheme: str | None = None) -> dict[str, Field[Any]]:
    """The fields of a rule's limit by name; each may say anything, as :func:`check` says all that is wrong at once.
    ``scheme``: one that is offered whether or not it is published."""

    def text(name: str, label: str, **more: Any) -> Field[str]:
        return Text(name, label, most=40, required=False, **more)

    def choice(name: str, label: str, options: Any) -> Field[str | None]:
        return blank(Choice(name, label, options, free=True))

    live = INDICATORS[indicator].period == "live"
    colours = {level: name for level, (_level, name) in words.LEVELS.items()}
    fields: list[Field[Any]] = [
        *(
            text(level, _("{colour}（{unit}）", colour=_(name), unit=words.unit(indicator)))
            for level, name in colours.items()
        ),
        Text("starts", N_("生效日期") if live else N_("生效月份"), most=40),
        text("ends", N_("失效（空为一直有效）")),
        choice("scheme", N_("险种"), lambda reading: _schemes(reading, scheme)),
        choice("place", N_("范围"), _places),
        choice("kind", N_("预警之后"), words.KINDS),
        choice("operator", N_("正好等于标准时"), dict(OPERATORS[rule])),
        text("for_periods", N_("连续几期超限才预警")),
        text("recover_periods", N_("连续几期回落才解除")),
        choice("no_data", N_("没有数据时"), lambda _reading: _policies()),
        text("stale_after", N_("连续几期缺数算逾期未报")),
        Tick("off", N_("不设预警（有意不监测，列入覆盖报告）")),
        *(text(f"{level}_recover_at", name, placeholder=N_("同标准")) for level, name in colours.items()),
        *(text(f"{level}_for_periods", name, hidden=True) for level, name in colours.items()),
        RETROACTIVE,
        KNOWN,
    ]
    return {field.name: field for field in fields}


def layout(reading: Reading, register: Register, indicator: str, rule: str, row: Limit | None) -> list[Child]:
    """The fields, filled from a row or from nothing. Places beside them take what the check says."""
    scope = row.scope if row is not None else Scope(indicator, reading.scheme.code)
    fields = limit_fields(indicator, rule, scope.scheme)
    values = _values(reading, indicator, rule, row, scope)

    def shown(*names: str) -> list[Component]:
        return [fields[name].input(reading, values.get(name)) for name in names]

    return [
        SET.input(reading, str(register.number)),
        html.Div(shown(*LEVELS), className="fields four"),
        _place("levels"),
        html.Div(shown("starts", "scheme", "place"), className="fields"),
        _place("starts"),
        REASON.input(reading),
        html.Details(
            [
                html.Summary(_("高级")),
                *shown(*(f"{level}_for_periods" for level in LEVELS if f"{level}_for_periods" in values)),
                html.Div(shown("for_periods", "recover_periods", "stale_after"), className="fields"),
                _place("periods"),
                html.Div(
                    [
                        html.Div(_("回落到多少才解除"), className="name"),
                        html.Div(shown(*(f"{level}_recover_at" for level in LEVELS)), className="fields four"),
                    ]
                ),
                _place("recover"),
                html.Div(shown("no_data", "operator"), className="fields"),
                _place("no_data"),
                html.Div(shown("kind", "ends"), className="fields"),
                *shown("off"),
            ],
            className="advanced",
        ),
    ]


def _values(
    reading: Reading, indicator: str, rule: str, row: Limit | None, scope: Scope
) -> Mapping[str, str | bool | None]:
    """What stands in the fields: the row as it is, for a new one what is usual."""
    last = reading.ask(last_evaluated, scope, rule)
    starts = first_period(reading, indicator, last)
    first = OPERATORS[rule][0][0]
    usual = {"starts": starts, "scheme": scope.scheme, "no_data": "keep", "operator": first, **_DEFAULTS}
    if row is None:
        return {**usual, "kind": INDICATORS[indicator].kind}
    spec, threshold = dict(as_new(row).spec), row.threshold
    breach = threshold.no_data is NoData.BREACH
    limits = {limit.level.code: limit for limit in threshold.limits}
    levels = spec.get("levels")
    return {
        **usual,
        "starts": max(row.starts, starts),
        "ends": row.ends,
        "place": f"region:{scope.region}" if scope.region is not None else scope.region_level,
        "kind": row.kind,
        "operator": str(spec.get("operator", first)),
        "no_data": f"breach:{threshold.no_data_level.code}" if breach else threshold.no_data.value,
        "off": not row.enabled,
        **{name: str(spec.get(name, usual_)) for name, usual_ in _DEFAULTS.items()},
        **{level: f"{one.at:f}" for level, one in limits.items()},
        **{f"{level}_recover_at": f"{one.recover_at:f}" for level, one in limits.items() if one.recover_at != one.at},
        **{
            f"{level}_for_periods": str(entry["for_periods"])
            for level, entry in (levels.items() if isinstance(levels, Mapping) else ())
            if isinstance(entry, Mapping) and entry.get("for_periods") is not None
        },
    }


def _place(name: str) -> Component:
    return html.Div(id=f"find-{name}", className="find-place", role="status")


def _schemes(reading: Reading, more: str | None) -> list[tuple[str, str]]:
    codes = [entry.scheme.code for entry in reading.published.schemes if entry.scheme.kind == "ledger"]
    if more is not None and more not in codes:
        codes.append(more)
    return [("", _("各险种")), *((code, name_of(load_scheme(code))) for code in codes)]


def _places(reading: Reading) -> list[tuple[str, str]]:
    levels = [(code, _(name)) for code, name in words.REGION_LEVELS.items()]
    regions = [(f"region:{code}", name_of(reading.tree.region(code))) for code in reading.tree.codes]
    return [("", _("全部地区")), *levels, *regions]


def _policies() -> list[tuple[str, str]]:
    breaches = [
        (f"breach:{level}", _("按{colour}色预警", colour=_(name))) for level, (_l, name) in words.LEVELS.items()
    ]
    return [*((code, _(name)) for code, name in words.NO_DATA.items()), *breaches]
