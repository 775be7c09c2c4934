"""Writes parameters, rules, indicators, assessment and comparisons.md under docs/ from profiles, rules and declarations: ``python -m rules.calculators.documentation``."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from rules.calculators.reading import alternatives, apart, fields_of
from rules.calculators.records import FromProfile
from rules.calculators.registry import RULES, as_json
from rules.indicators import INDICATORS
from rules.indicators.declaration import SEVERITIES, Indicator, Limits
from rules.persons.comparisons import COMPARISONS, Comparison
from rules.scheme import Parameter, ParameterValue, Scheme, load_scheme, profile_codes

DOCS = Path(__file__).parents[2] / "docs"
AREAS, BANDS = "assessment_areas", "assessment_bands"
SHARE = "assessment_commended_share"

PARAMETERS_HEAD = """# Parameters of the schemes

Made from `rules/schemes/*.toml` by `python -m rules.calculators.documentation`; do not edit.

A value counts from its day on; a region's own value goes before the province's until the province has a later one.
Status: *enacted* stands in the document, *planned* is an aim of the document, *assumed* 暂定 is left open by the
document: the reason stands in place of the article, and every figure that rests on it is marked. After the profile's
last verified day the last value is used and marked 待核.
"""

RULES_HEAD = """# Rules

Made from the code under `rules/` by `python -m rules.calculators.documentation`; do not edit.

Each rule is a function `calculate(case)` in the module of its name and a calculator on the command line:
`python -m rules RULE [--steps] < input.json > output.json`; `python -m rules schema RULE` prints its JSON schema.
`python -m rules indicator` computes any figure of [the catalogue](indicators.md) from its inputs.
*Assumed* names what the documents leave open and the rule or a profile fills in.
"""

INDICATORS_HEAD = """# Indicators

Made from `rules/indicators/` by `python -m rules.calculators.documentation`; do not edit.

Every value on screen carries its inputs; 计算依据 downloads them, and `python -m rules indicator < file` gives the same
value again. An input that is missing gives no value and the reason, never 0. *Month* indicators are judged once the
month is final, *live* ones at every published version. *Watch* 关注 is shown and given to nobody to work. Limits are
presets 系统预置 on trial until the province confirms them; a value exactly at a limit of `lt` or `gt` is healthy.
"""


ASSESSMENT_HEAD = """# Assessment

Made from `rules/schemes/*.toml` by `python -m rules.calculators.documentation`; do not edit.

The areas are those of each province's document. Indicators, points, targets, bands and the share commended are
examples 示例: the documents leave them open, so each is an assumed parameter (`assessment_areas`, `assessment_bands`,
`assessment_commended_share`) that the administrator replaces with the province's own rules, with a day and a reason.

Where a value comes from:

- *catalogue*: the indicator's value of the month, as signed; of December as known until the year is confirmed; what is
  otherwise judged live as of the month's last day. It cannot be entered by hand.
- *counted*: each county and month of the year in which an indicator of the catalogue stood above zero is one case.
- *statistics*: a share of two reported measures over the year.
- *entered by hand*: the value or score that assessors enter with evidence, because nothing measures it.

*linear*: full points at one value, none at the other, even between; none from the red limit on. *Full without task*:
who owes nothing of the kind gets the points. *deduct*: points off for each case.

A value that is missing leaves its points open: they are shown as not scored, are never scaled, and the region has no
place until they are. Places are among the local governments that are scored whole; 省本级 has figures and no place.
From the band of a commendation on, at most the share of the local governments is suggested, best first, without those
that have a matter open that was red or is past its deadline. All of it is a suggestion for the joint conference.
"""

COMPARISONS_HEAD = """# Comparison of persons

Made from `rules/persons/comparisons.py` by `python -m rules.calculators.documentation`; do not edit.

Each rule asks the [person-level ledger](scale.md) and the registers of persons what they contradict. What it finds is a
lead 线索 and never a finding: the innocent causes that are known stand beside it, and each suspicion is judged by itself.
Article numbers are those of the documents in force; a rule judges months from its first day on. A rule is not asked while
nothing was ever delivered of what it reads, and the run says so.
"""


def parameters_page() -> str:
    """Every parameter value of every profile: document, article, what, key, value."""
    schemes = [load_scheme(code) for code in profile_codes()]
    return PARAMETERS_HEAD + "".join(_scheme_section(scheme) for scheme in schemes if scheme.parameters)


def rules_page() -> str:
    """One row per rule: module, article, the profile parameters it takes, what is assumed in which schemes."""
    lines = [
        RULES_HEAD,
        _row("Rule", "What", "Document and article", "Profile parameters", "Assumed"),
        _row(*["---"] * 5),
    ]
    for name, rule in RULES.items():
        keys = [f"`{key}`" for key in profile_parameters(rule)]
        lines.append(_row(f"`{name}`", rule.TITLE, rule.ARTICLE, ", ".join(keys) or "–", rule.ASSUMED))
    lines.append("\n## Parameters by rule\n")
    lines.append(_row("Rule", "TOML key", "Enacted in", "Assumed in"))
    lines.append(_row(*["---"] * 4))
    for name, rule in RULES.items():
        lines += [_row(f"`{name}`", f"`{key}`", *_by_status(key)) for key in profile_parameters(rule)]
    return "\n".join(lines) + "\n"


def indicators_page() -> str:
    """One section per indicator: names, formula, inputs, where it exists, who acts, limits."""
    return INDICATORS_HEAD + "".join(_indicator_section(indicator) for indicator in INDICATORS.values())


def _indicator_section(indicator: Indicator) -> str:
    facts = [f"{indicator.unit}, {indicator.scale} places", indicator.period, ", ".join(indicator.levels)]
    facts += [f"{'、'.join(indicator.responsible)}", indicator.kind]
    facts += [indicator.side] if indicator.side else []
    facts += [f"only where a profile has `{indicator.concept}`"] if indicator.concept else []
    lines = [f"\n## `{indicator.code}` {indicator.name_en} {indicator.name}\n", f"{indicator.formula_en}  "]
    lines += [f"{indicator.formula}\n", "; ".join(facts) + ".\n"]
    lines += [_row("Input", "What", "Unit", "Without it"), _row(*["---"] * 4)]
    lines += [
        _row(f"`{given.name}`", f"{given.label_en} {given.label}", given.unit, "–" if given.optional else given.missing)
        for given in indicator.inputs
    ]
    cited = [
        scheme.articles[indicator.code]
        for scheme in map(load_scheme, profile_codes())
        if indicator.code in scheme.articles
    ]
    lines += ["", f"Articles: {'; '.join(cited) or 'none'}."]
    if indicator.limits:
        lines += ["", _row("Limits", *SEVERITIES), _row(*["---"] * (len(SEVERITIES) + 1))]
        lines += [_limits_row(limits) for limits in indicator.limits]
    return "\n".join(lines) + "\n"


def _limits_row(limits: Limits) -> str:
    where = [f"{limits.fund} only"] if limits.fund else []
    where += [limits.kind] if limits.kind else []
    name = f"`{limits.operator}`" + (f" ({', '.join(where)})" if where else "")
    return _row(name, *(limits.at.get(severity, "–") for severity in SEVERITIES))


def assessment_page() -> str:
    """One table per scheme: areas, indicators, where a value comes from, target and points; then what scores lead to."""
    schemes = [load_scheme(code) for code in profile_codes()]
    return ASSESSMENT_HEAD + "".join(_assessment_section(scheme) for scheme in schemes if AREAS in scheme.parameters)


def _assessment_section(scheme: Scheme) -> str:
    lines = [f"\n## {scheme.name_en} {scheme.name}"]
    for value in scheme.parameters[AREAS].values:
        lines += [f"\nFrom {value.starts_on}, {value.status}: {value.source or value.reason}\n"]
        lines += [_row("Area", "Points", "Indicator", "Code", "From", "Target", "Points"), _row(*["---"] * 7)]
        assert isinstance(value.value, list)
        for area in value.value:
            head = (f"{area['name_en']} {area['name']}", str(area["points"]))
            for at, given in enumerate(area["indicators"]):
                lines.append(_row(*(head if at == 0 else ("", "")), *_assessed(given)))
    for value in scheme.parameters[BANDS].values:
        assert isinstance(value.value, list)
        bands = "; ".join(f"{band['consequence'] or '–'} from {band['from']}" for band in value.value)
        lines += [f"\nBands from {value.starts_on}, {value.status}: {bands}."]
    for value in scheme.parameters[SHARE].values if SHARE in scheme.parameters else ():
        lines += [
            f"\nCommended from {value.starts_on}, {value.status}: at most {value.value} of the local governments."
        ]
    return "\n".join(lines) + "\n"


def _assessed(given: dict[str, Any]) -> tuple[str, ...]:
    """An indicator of an area: name, code, where its value comes from, target, points."""
    origin = "catalogue" if given["code"] in INDICATORS else "entered by hand"
    if given.get("counts"):
        origin = f"counted: `{given['counts']}`"
    if given.get("share_of"):
        origin = "statistics: " + " ÷ ".join(f"`{measure}`" for measure in given["share_of"])
    target = "as judged"
    if given["kind"] == "linear":
        target = f"full at {given['full_at']}, none at {given['zero_at']}"
        target += ", full without task" if given.get("full_without_task") else ""
    elif given["kind"] == "deduct":
        target = f"{given['per']} off each case"
    return f"{given['name_en']} {given['name']}", f"`{given['code']}`", origin, target, str(given["points"])


def comparisons_page() -> str:
    """Every rule of comparison: article, what it reads, what is at stake, what is innocent."""
    return "\n".join([COMPARISONS_HEAD, *(_comparison_section(one) for one in COMPARISONS.values())])


def _comparison_section(rule: Comparison) -> str:
    causes = "".join(f"- {cause.name_en} {cause.name} (`{cause.code}`)\n" for cause in rule.causes)
    read = ", ".join(f"{one.name_en} {one.name} (`{one.code}`)" for one in rule.inputs)
    return (
        f"## `{rule.code}` {rule.name_en} {rule.name}\n\n"
        f"{rule.article}, from {rule.since.isoformat()}, in {', '.join(rule.schemes)}; to be verified by `{rule.department}`.  \n"
        f"Reads: {read}.  \n"
        f"At stake: {rule.amount_en}.  \n"
        f"金额：{rule.amount}。\n\n"
        f"Innocent where:\n\n{causes}"
    )


def profile_parameters(rule: ModuleType) -> tuple[str, ...]:
    """The profile parameters that fill fields of a rule's case, in order, each once."""
    return tuple(dict.fromkeys(_marked(rule.Case)))


def _marked(kind: Any) -> list[str]:
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        members = alternatives(apart(kind)[0])
        inner = members if len(members) > 1 else get_args(members[0])
        return [key for member in inner for key in _marked(apart(member)[0])]
    found = []
    for field in fields_of(kind):
        mark = field.mark(FromProfile)
        found += [mark.parameter] if mark else _marked(field.kind)
    return found


def _by_status(key: str) -> tuple[str, str]:
    """The profiles where some value of a parameter is enacted, and those where some value is assumed."""
    schemes = [scheme for code in profile_codes() if key in (scheme := load_scheme(code)).parameters]
    enacted, assumed = (
        [s.code for s in schemes if any(value.assumed is wanted for value in s.parameters[key].values)]
        for wanted in (False, True)
    )
    return ", ".join(enacted) or "–", ", ".join(assumed) or "–"


def _scheme_section(scheme: Scheme) -> str:
    facts = [f"`rules/schemes/{scheme.code}.toml`", f"items `rules/funds/{scheme.fund}.toml`", scheme.document]
    if scheme.pooled_from:
        facts += [f"`pooled_from` {scheme.pooled_from}"]
        facts += [f"`policy_side` {scheme.policy_side}"]
    facts += [f"`verified_through` {scheme.verified_through}"] if scheme.verified_through else []
    lines = [
        f"\n## {scheme.name_en} {scheme.name}\n",
        "; ".join(facts) + ".\n",
        _row("Article", "What", "TOML key", "From", "Value", "Status", "Reason where assumed"),
        _row(*["---"] * 7),
    ]
    lines += [_value_row(p, value) for p in scheme.parameters.values() for value in p.values]
    return "\n".join(lines) + "\n"


def _value_row(parameter: Parameter, value: ParameterValue) -> str:
    what = f"{parameter.name_en} {parameter.name}" + (f", {value.region}" if value.region else "")
    unit = f" ({parameter.unit})" if parameter.unit else ""
    shown = _value_text(value.value) + unit
    return _row(
        value.source or "–", what, f"`{parameter.code}`", str(value.starts_on), shown, value.status, value.reason or ""
    )


def _value_text(value: object) -> str:
    """A value in one cell; a list of tables by names and weights or points only, the TOML file has the rest."""
    if isinstance(value, list):
        if all(isinstance(entry, dict) for entry in value):
            return "; ".join(_table_text(entry) for entry in value)
        return ", ".join(" → ".join(map(_value_text, e)) if isinstance(e, list) else _value_text(e) for e in value)
    return value.isoformat() if isinstance(value, date) else str(as_json(value))


def _table_text(entry: dict[str, object]) -> str:
    name = entry.get("label") or entry.get("name") or entry.get("consequence") or "–"
    number = entry.get("weight", entry.get("points", entry.get("from")))
    return f"{name} {_value_text(number)}"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    (DOCS / "parameters.md").write_text(parameters_page(), encoding="utf-8")
    (DOCS / "rules.md").write_text(rules_page(), encoding="utf-8")
    (DOCS / "indicators.md").write_text(indicators_page(), encoding="utf-8")
    (DOCS / "assessment.md").write_text(assessment_page(), encoding="utf-8")
    (DOCS / "comparisons.md").write_text(comparisons_page(), encoding="utf-8")
