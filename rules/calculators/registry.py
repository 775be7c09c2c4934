"""The rules as calculators: parsed JSON in, JSON out, the same records and formulas that the site uses."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import ModuleType
from typing import Any

from rules import (
    assessment,
    base_limits,
    break_even_rate,
    central_adjustment,
    contribution,
    general_gap,
    management_gap,
    over_collection,
    pre_transfer,
)
from rules.alerts import evaluation as alerts
from rules.budget import proposal
from rules.calculators import indicator, json_schema
from rules.calculators.reading import fields_of, read
from rules.cash import cash_plan
from rules.projection import (
    cohort_projection,
    fund_path,
    minimum_contribution,
    statutory_age,
    stress,
    totals_projection,
)

RULES: Mapping[str, ModuleType] = {
    "central_adjustment": central_adjustment,
    "base_limits": base_limits,
    "contribution": contribution,
    "pre_transfer": pre_transfer,
    "over_collection": over_collection,
    "management_gap": management_gap,
    "general_gap": general_gap,
    "assessment": assessment,
    "break_even_rate": break_even_rate,
    "budget_proposal": proposal,
    "cash_plan": cash_plan,
    "statutory_age": statutory_age,
    "minimum_contribution": minimum_contribution,
    "fund_path": fund_path,
    "cohort_projection": cohort_projection,
    "totals_projection": totals_projection,
    "stress": stress,
}

INDICATOR = "indicator"


@dataclass(frozen=True, slots=True)
class Calculator:
    """``schema`` is None for a calculator whose input is not one record."""

    title: str
    run: Callable[[object, bool], object]
    schema: dict[str, Any] | None = None


@cache
def calculators() -> Mapping[str, Calculator]:
    """Every calculator by name, the rules first, then the indicators', then those of the alerts."""
    rules = {name: _of_rule(name, rule) for name, rule in RULES.items()}
    rules |= {INDICATOR: _of_rule(INDICATOR, indicator)}
    return rules | {name: _of_alerts(calculate) for name, calculate in alerts.CALCULATORS.items()}


def _of_rule(name: str, rule: ModuleType) -> Calculator:
    def run(tree: object, with_steps: bool) -> object:
        result = as_json(rule.calculate(read(rule.Case, tree)))
        if not with_steps:
            del result["steps"]
        return result

    schema = json_schema.of_rule(name, rule.TITLE, rule.ARTICLE, rule.Case, rule.Result)
    return Calculator(f"{rule.TITLE} ({rule.ARTICLE})", run, schema)


def _of_alerts(calculate: Callable[[object], object]) -> Calculator:
    return Calculator(" ".join((calculate.__doc__ or "").split()), lambda tree, _: calculate(tree))


def as_json(value: Any) -> Any:
    """A result as JSON values: decimals as strings with the places they carry; an absent field left out.

    A case becomes the input that the calculator reads: what only a scheme profile may set is left out too.
    """
    if dataclasses.is_dataclass(value):
        fields = [field for field in fields_of(type(value)) if not field.profile_only]
        given = ((field, getattr(value, field.name)) for field in fields)
        return {json_schema.key_of(f): as_json(v) for f, v in given if f.required or v is not None}
    if isinstance(value, tuple | list):
        return [as_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value
