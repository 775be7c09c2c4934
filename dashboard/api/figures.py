"""Figures with their passports, as the pages print them: through the same reading, within the same rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction

from dashboard.api.declared import Call, Operation, Parameter, Refused, Said, Schema
from dashboard.components.drawer import REASON_WORDS
from dashboard.site.reading import LIVE, NothingPublished, Reading, current_scope, read, year_shown
from dashboard.site.transaction import transaction
from dashboard.site.view import View
from dashboard.words import as_of, figures
from dashboard.words.passport import Figure
from dashboard.words.published import measure_name
from dashboard.words.wording import N_, _, name_of
from rules.indicators import INDICATORS
from rules.month import Month
from rules.scheme import scheme_codes
from workflows.people.rights import demand_page
from workflows.people.tokens import Scope

NO_ROW = N_("该地区在这一期没有这项指标")
DIGITS = 60  # more than any exact value has


def _figures(call: Call) -> Said:
    reading = _reading(call)
    wanted = call.given.get("indicator")
    found = _published(reading) if reading.scheme.kind == "published" else _indicators(reading, wanted)
    content = {
        "scheme": reading.scheme.code,
        "region": reading.region,
        "place": name_of(reading.node),
        "demonstration": reading.demo,
        "figures": list(found),
    }
    return Said(200, content)


def _reading(call: Call) -> Reading:
    """What is asked for, nothing in its stead. Raises Refused for what there is not, NotAllowed for what is closed."""
    scope = current_scope()
    demand_page(scope, "/")
    given = {name: str(call.given.get(name, "")) for name in ("scheme", "region", "period")}
    asked = transaction(call.site)
    if asked.published.version is None:
        raise Refused(404, NothingPublished.code)
    try:
        reading = read(asked.published, View(**given), scope, asked.now)
    except NothingPublished as problem:
        raise Refused(404, problem.code) from problem
    for name, got in (("scheme", reading.scheme.code), ("region", reading.region)):
        if given[name] not in ("", got):
            raise Refused(404, "api_nothing", name=name, got=given[name])
    return _of_period(reading, given["period"])


def _of_period(reading: Reading, period: str) -> Reading:
    """The reading of a period: a signed month as signed, another as it stands, a year as published."""
    if reading.scheme.kind == "published":
        year = year_shown(reading)
        known = year is not None and period in ("", year.key)
    else:
        month = Month.parse(period)
        known = period in ("", LIVE) or (month is not None and month in reading.snapshot.facts.months)
        if known and month is not None and reading.snapshot.live:
            reading = replace(reading, of_now=True, month=month)
    if not known:
        raise Refused(404, "api_nothing", name="period", got=period)
    return reading


def _indicators(reading: Reading, wanted: str | None) -> Iterator[dict[str, object]]:
    """One indicator's figures of the region, or every indicator's that it has; those kept by part one by one."""
    codes = list(INDICATORS) if wanted is None else [wanted]
    reading.snapshot.read(figures.wanted(reading, codes))
    for code in codes:
        rows = [one for one in as_of.rows(reading, code) if one.region == reading.region]
        for row in rows:
            yield _told(reading, figures.figure_of(reading, code, row), name_of(INDICATORS[code]))
        if not rows and wanted is not None:
            yield _told(reading, figures.figure_of(reading, code, None), name_of(INDICATORS[code]))


def _told(reading: Reading, one: Figure, name: str) -> dict[str, object]:
    """A figure's passport. What is known by a signature is as of the month's end, else as of the version's instant."""
    signed = Month.parse(one.known)
    version = reading.snapshot.version if one.version == reading.snapshot.version.id else reading.published.version
    known = signed.last.isoformat() if signed is not None else version.as_of.isoformat() if version else None
    why = None if one.value is not None else one.reason or "no_row"
    return {
        "what": one.what,
        "part": one.part or None,
        "name": name,
        "place": one.place,
        "period": one.period,
        "value": None if one.value is None else exact(one.value),
        "unit": one.unit,
        "reason": why,
        "message": None if why is None else _(REASON_WORDS.get(why, NO_ROW)),
        "as_of": known,
        "version": one.version,
        "signed": signed is not None,
        "source": None,
        "key": one.key,
    }


def _published(reading: Reading) -> Iterator[dict[str, object]]:
    """What a table has of a place, in the unit printed."""
    year, version = year_shown(reading), reading.published.version
    assert year is not None and version is not None
    for measure, value in year.values.get(reading.region, {}).items():
        yield {
            "what": "published",
            "part": measure,
            "name": measure_name(measure),
            "place": reading.region,
            "period": year.key,
            "value": exact(value.value),
            "unit": value.unit,
            "reason": None,
            "message": None,
            "as_of": version.as_of.isoformat(),
            "version": version.id,
            "signed": False,
            "source": value.citation,
            "key": f"published:{measure}|{reading.scheme.code}|{reading.region}|{year.key}",
        }


def exact(value: int | Decimal | Fraction) -> str:
    """A value as decimal text, without exponent; the values of indicators and tables all end."""
    if isinstance(value, Fraction):
        with localcontext(prec=DIGITS):
            value = Decimal(value.numerator) / value.denominator
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


# --- declared

_TEXT = {"type": "string"}
_TEXT_OR_NOT = {"type": ["string", "null"]}
FIGURE: Schema = {
    "type": "object",
    "properties": {
        "what": {**_TEXT, "description": "Code of the indicator; published for a published total."},
        "part": {
            **_TEXT_OR_NOT,
            "description": "Which of several: a source, an item; of published totals the measure.",
        },
        "name": {**_TEXT, "description": "The name, in the language asked for."},
        "place": {**_TEXT, "description": "Code of the region."},
        "period": {**_TEXT, "description": "A month, a year as published, or the minute of a live figure."},
        "value": {
            "type": ["string", "null"],
            "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
            "description": "Exact decimal text; null where there is none.",
        },
        "unit": {**_TEXT, "description": "fen for every amount; of published totals the unit printed."},
        "reason": {**_TEXT_OR_NOT, "description": "Code of why there is no value."},
        "message": {**_TEXT_OR_NOT, "description": "The same as a sentence."},
        "as_of": {**_TEXT_OR_NOT, "description": "The day of a signed figure, the instant of a live one."},
        "version": {"type": "integer", "description": "Data version."},
        "signed": {"type": "boolean", "description": "Known by the month's signature, or live."},
        "source": {**_TEXT_OR_NOT, "description": "Of published totals the citation."},
        "key": {**_TEXT, "description": "Two figures of one key have one value, here and on every page."},
    },
    "additionalProperties": False,
}
FIGURE["required"] = list(FIGURE["properties"])
FIGURES: Schema = {
    "type": "object",
    "properties": {
        "scheme": _TEXT,
        "region": _TEXT,
        "place": {**_TEXT, "description": "The region's name."},
        "demonstration": {"type": "boolean", "description": "Whether the data are simulated."},
        "figures": {"type": "array", "items": {"$ref": "#/components/schemas/Figure"}},
    },
    "required": ["scheme", "region", "place", "demonstration", "figures"],
    "additionalProperties": False,
}
SCHEMAS: dict[str, Callable[[], Schema]] = {"Figure": lambda: FIGURE, "Figures": lambda: FIGURES}
READ = Operation(
    "GET",
    "/figures",
    "Figures with their passports",
    "What the token's account may see, as the pages show it. Without parameters: the first scheme open to the account, its "
    "own region, the last signed month.",
    Scope.FIGURES,
    {
        200: ("The figures.", "Figures"),
        404: ("Nothing is published, or there is no such scheme, region or period.", "Problem"),
    },
    _figures,
    (
        Parameter("scheme", "Code of the scheme.", {"type": "string", "enum": list(scheme_codes())}),
        Parameter("region", "Code of the region.", {"type": "string", "pattern": "^[0-9A-Za-z-]{1,20}$"}),
        Parameter(
            "period",
            "A month (2026-10), live, or of published totals a year or a part of it (2016, 2016-Q1).",
            {"type": "string", "pattern": "^(live|[0-9]{4}(-[0-9Q-]{2,5})?)$"},
        ),
        Parameter(
            "indicator",
            "Code of one indicator; without it every one there is.",
            {"type": "string", "enum": list(INDICATORS)},
        ),
    ),
)
