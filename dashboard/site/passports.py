"""The names behind the passports of a scheme's figures: asked for once by a browser, when the first one is looked at."""

from __future__ import annotations

from flask import Flask, Response, abort, jsonify

from dashboard.components.drawer import INPUT_UNITS, REASON_WORDS
from dashboard.site.reading import NothingPublished, Reading, current_scope, read
from dashboard.site.site import Site
from dashboard.site.transaction import transaction
from dashboard.site.view import View
from dashboard.words import display
from dashboard.words.passport import REST
from dashboard.words.published import measure_name, measure_unit
from dashboard.words.whats import WHATS
from dashboard.words.wording import _, bracketed, language, name_of
from data_access.books.published_totals import DERIVED
from data_access.books.regions import NATION
from data_access.intake.sources.status import declared_sources
from rules.errors import NotAllowed
from rules.execution_form import LABELS
from rules.indicators import INDICATORS
from rules.month import Month


def register(server: Flask, site: Site) -> None:
    """Install the door; behind it a scheme that is open to the reader."""

    @server.get("/passport/<scheme>")
    def passport(scheme: str) -> Response:
        asked = transaction(site)
        try:
            reading = read(asked.published, View(scheme=scheme), current_scope(), asked.now)
        except NotAllowed:
            abort(403)
        except NothingPublished:
            abort(404)
        if reading.scheme.code != scheme:
            abort(404)
        return jsonify(told(reading))


def told(reading: Reading) -> dict[str, object]:
    """What figures, parts and places are called, when each period was known, and the words between."""
    ledger = reading.scheme.kind == "ledger"
    return {
        "whats": _whats(),
        "parts": _parts(reading) if ledger else _measures(reading),
        "places": _places(reading),
        "known": _known(reading) if ledger else {},
        "reasons": {code: _(said) for code, said in REASON_WORDS.items()},
        "words": {
            "signed": _("已定稿"),
            "live": _("实时") if ledger else _("公布数"),
            "as_of": _("数据截至{moment}", moment=""),
            "version": _("版本"),
            "none": _("没有数值"),
        },
    }


def _whats() -> dict[str, tuple[str, str, str]]:
    """Code → name, unit's name, unit. Amounts are told in yuan."""
    found = {code: (_(what.name), _unit(what.unit), what.unit) for code, what in WHATS.items()}
    for code, declared in INDICATORS.items():
        unit = "fen" if declared.unit == "yuan" else declared.unit
        found[code] = (name_of(declared), _unit(unit), unit)
        for needed in declared.inputs:
            label = needed.label if language() == "zh" else needed.label_en
            unit = "percent" if needed.unit == "share" else needed.unit
            found[f"{code}.{needed.name}"] = (label, _unit(unit), unit)
    return found


def _unit(unit: str) -> str:
    if unit == "fen":
        return _("元")
    name = display.UNIT_NAMES.get(unit) or INPUT_UNITS.get(unit)
    return "" if name is None else _(name)


def _parts(reading: Reading) -> dict[str, str]:
    """Items, lines of the form, accounts and sources by code."""
    at = 1 if language() == "en" else 0
    found = {code: label[at] for code, label in LABELS.items()}
    found["local_income"] = _("收入（本级负责）")
    found |= {item.code: name_of(item) for item in reading.scheme.items}
    found |= {str(account): _(name) for account, name in display.ACCOUNT_NAMES.items()}
    return found | {code: name_of(one) for code, one in reading.ask(declared_sources, reading.scheme.code).items()}


def _measures(reading: Reading) -> dict[str, str]:
    """Measures of published totals, with the unit that each was printed in."""
    years = reading.published.published_years(reading.scheme.code)
    measures = {measure: year for year in years for measure in (*year.measures, *DERIVED)}
    words = {measure: (measure_name(measure), measure_unit(year, measure)) for measure, year in measures.items()}
    return {measure: _("{name}（{unit}）", name=name, unit=unit) for measure, (name, unit) in words.items()}


def _places(reading: Reading) -> dict[str, str]:
    """The scheme's places, and the provinces that the central adjustment is between; ``~`` is what belongs to none below."""
    nation = reading.published.tree(NATION)
    found = {code: name_of(tree.region(code)) for tree in (nation, reading.tree) for code in tree.codes}
    if reading.scheme.kind == "published":
        for year in reading.published.published_years(reading.scheme.code):
            found |= {code: name_of(region) for code, region in year.known.items()}
    return found | {REST: bracketed(_("其余"))}


def _known(reading: Reading) -> dict[str, dict[str, object]]:
    """Signed months and the newest version: up to when the data went, and which version it was."""
    now = reading.running
    found: dict[str, dict[str, object]] = {}
    for close in now.snapshot.closes:
        day = display.day_name(Month(close.month).last)
        found[display.period_month(close.month)] = {"as_of": day, "version": close.version, "signed": True}
    newest = now.snapshot.version
    found[now.minute] = {"as_of": display.moment(newest.as_of), "version": newest.id, "signed": False}
    return found
