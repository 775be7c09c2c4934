"""The set of projections of one set of assumptions: low, mid and high, with and without the reform, the stress test."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from data_access.books.outlook.results import BACKTEST, FANNED, LOW, MID, ORIGINAL, STRESS, Computed, StoredRun
from rules.calculators.reading import read
from rules.calculators.registry import as_json, calculators
from rules.projection import cohort_projection, flows, stress, totals_projection
from rules.projection.fund_path import Exhausted
from rules.projection.stress import Projection, Reverse, Shock
from workflows.outlook.assumptions import Basis, rule_of, to_json

# 反推: by how many years sooner than under mid the fund is to be used up.
SOONER = (5, 10)
# 征缴率每低1个百分点.
POINT = Shock("collection_point", "collection", Decimal("-0.01"))
NO_REFORM = Shock("no_reform", "retirement", Decimal(1))
Rule = Any


@dataclass(frozen=True, slots=True)
class Base:
    """What a set is computed from: the case of mid, with what it rests on. ``backtest``: the case of three years ago."""

    case: Projection
    basis: Basis
    backtest: Projection | None = None


def computed(base: Base, known: Callable[[str], StoredRun | None] = lambda _variant: None) -> Iterator[Computed]:
    """Every projection of a set; of what is ``known`` only what changed, and that is no more what the set has no longer.
    Raises InputError where the case does not fit.

    The stress test is of mid, so it comes after it.
    """
    for variant in _gone(base):
        kept = known(variant)
        if kept is not None and kept.made.rule:
            yield Computed(variant, "", "", "", "")
    reforms = (ORIGINAL,) if by_age(base.case) else ()
    for ending in ("", *reforms):
        mid = stress.shocked(base.case, NO_REFORM) if ending else base.case
        exhausted: Exhausted | None = None
        for variant in FANNED:
            settings = base.basis.settings
            shocks = () if variant == MID else known_to(mid, settings.low if variant == LOW else settings.high)
            basis = to_json(base.basis) if variant == MID and not ending else None
            made = _made(variant + ending, rule_of(mid), stress.shocked(mid, *shocks), known, basis)
            result = projected(made)
            exhausted = result.exhausted if variant == MID else exhausted
            if _changed(made, known(made.variant)):
                yield made
        tested = _made(STRESS + ending, STRESS, stress_case(mid, base.basis.settings.shocks, exhausted), known)
        if _changed(tested, known(tested.variant)):
            yield tested
    if base.backtest is not None:
        looked_back = _made(BACKTEST, rule_of(base.backtest), base.backtest, known)
        if _changed(looked_back, known(BACKTEST)):
            yield looked_back


def _gone(base: Base) -> Iterator[str]:
    """The variants that this base has not: without ages no reform, without an early enough year no back-test."""
    if not by_age(base.case):
        yield from (variant + ORIGINAL for variant in (*FANNED, STRESS))
    if base.backtest is None:
        yield BACKTEST


def stress_case(mid: Projection, shocks: tuple[Shock, ...], exhausted: Exhausted | None) -> stress.Case:
    """The stress test of a projection: its shocks, a percentage point less collected, and how low collection would have to
    be for the fund to be used up sooner."""
    first, last = mid.base_year + 1, exhausted.year if exhausted else mid.base_year + mid.horizon + SOONER[0]
    reverse = tuple(
        Reverse(f"collection_{last - sooner}", "collection", Decimal(-1), last - sooner)
        for sooner in SOONER
        if last - sooner > first
    )
    asked = known_to(mid, shocks)
    if isinstance(mid, totals_projection.Case):
        return stress.Case(totals=mid, shocks=(*asked, POINT), reverse=reverse)
    return stress.Case(base=mid, shocks=(*asked, POINT), reverse=reverse)


def present_rate(case: Projection) -> Decimal:
    """The mean rate of premium on the base over all contributors of the base year."""
    if isinstance(case, totals_projection.Case):
        return case.rate
    paying = {group.code: sum(group.contributors.values(), Decimal(0)) for group in case.groups}
    whole = sum(paying.values(), Decimal(0))
    return sum((group.rate * paying[group.code] for group in case.groups), Decimal(0)) / whole if whole else whole


def known_to(case: Projection, shocks: tuple[Shock, ...]) -> tuple[Shock, ...]:
    """The shocks that a projection can be put under: of totals, none that needs ages; without the reform, not its end."""
    unknown = set() if by_age(case) else {*stress.BY_AGE}
    if isinstance(case, cohort_projection.Case) and case.assumptions.retirement == "original":
        unknown.add("retirement")
    return tuple(shock for shock in shocks if shock.on not in unknown)


def by_age(case: Projection) -> bool:
    return isinstance(case, cohort_projection.Case)


def _made(
    variant: str, rule: str, case: Rule, known: Callable[[str], StoredRun | None], basis: str | None = None
) -> Computed:
    inputs = json.dumps(as_json(case), ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(f"{rule}{inputs}".encode()).hexdigest()
    kept = known(variant)
    if kept is not None and kept.made.digest == digest and kept.made.rule:
        return Computed(variant, digest, rule, inputs, kept.made.result, basis)
    result = calculators()[rule].run(as_json(case), False)
    return Computed(variant, digest, rule, inputs, json.dumps(result, ensure_ascii=False, separators=(",", ":")), basis)


def _changed(made: Computed, kept: StoredRun | None) -> bool:
    return kept is None or kept.made.digest != made.digest or kept.made.basis != made.basis


def projected(made: Computed) -> flows.Result:
    """The result of a projection as a record; its working is not kept."""
    return read(flows.Result, {**_decoded(made.result), "steps": []})


def tested(made: Computed) -> stress.Result:
    """The result of a stress test as a record; its working is not kept."""
    return read(stress.Result, {**_decoded(made.result), "steps": []})


def case_of(made: Computed) -> Projection:
    """The case of a projection, as it was computed."""
    if made.rule == "totals_projection":
        return read(totals_projection.Case, _decoded(made.inputs))
    return read(cohort_projection.Case, _decoded(made.inputs))


def stress_of(made: Computed) -> stress.Case:
    """The case of a stress test, as it was computed."""
    return read(stress.Case, _decoded(made.inputs))


def _decoded(text: str) -> dict[str, Any]:
    return json.loads(text, parse_float=Decimal)  # type: ignore[no-any-return]
