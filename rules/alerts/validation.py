"""What is wrong with a drafted threshold before it is saved (阈值校验): all findings at once, as codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from rules.alerts.input import MOST_DECIMALS, decimal_of, no_data_of, whole_of
from rules.alerts.threshold import COLOURS, Level, NoData, Operator, Scope, dates_overlap, recovery_value

Dates = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Findings:
    """Codes in alphabetical order: ``errors`` forbid saving, ``warnings`` have to be confirmed."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftLimit:
    """One drafted level as entered: ``at`` and ``recover_at`` may be anything; ``recover_at`` None is not given."""

    name: str
    at: object
    recover_at: object = None
    for_periods: object = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A threshold as entered in the editor or a file; every value may still be wrong, None is not given.

    ``scope`` None: not yet chosen, then neither scope nor overlap is checked.
    """

    operator: object
    limits: tuple[DraftLimit, ...]
    for_periods: object = None
    recover_margin: object = None
    recover_periods: object = None
    no_data: object = None
    scale: object = None
    scope: Scope | None = None
    dates: Dates = (None, None)
    retroactive: bool = False


@dataclass(frozen=True, slots=True)
class _Usable:
    """A drafted level whose name and numbers can be compared with the others."""

    level: Level
    at: Decimal
    recovers_at: Decimal | None


def validate_threshold(
    draft: Draft, *, last_evaluated: str | None = None, existing: Sequence[tuple[Scope, Dates]] = ()
) -> Findings:
    """All findings of a draft, given the last evaluated period and the scopes and dates already in the register.

    Checks that need a sound operator, level name or number leave out what is not sound: that has its own code.
    """
    errors = _form_errors(draft) | _number_errors(draft) | _register_errors(draft, last_evaluated, existing)
    warnings = {"W_NO_DATA_OK"} if draft.no_data == NoData.OK else set()
    if draft.operator in tuple(Operator):
        worse = Operator(str(draft.operator))
        levels = _usable_levels(draft, worse)
        errors |= _order_errors(levels, worse, margin_negative="E_MARGIN_NEG" in errors)
        if "E_ORDER" not in errors and _recovery_reaches_milder(levels, worse):
            warnings.add("W_RECOVER_BEYOND")
    return Findings(tuple(sorted(errors)), tuple(sorted(warnings)))


def _form_errors(draft: Draft) -> set[str]:
    errors = set()
    if draft.operator not in tuple(Operator):
        errors.add("E_OPERATOR")
    if not draft.limits:
        errors.add("E_NO_LEVELS")
    names = {limit.name for limit in draft.limits}
    if names - set(COLOURS):
        errors.add("E_LEVEL_NAME")
    if not all(_whole_from_one(n) for n in (draft.for_periods, *(limit.for_periods for limit in draft.limits))):
        errors.add("E_FOR")
    if not _whole_from_one(draft.recover_periods):
        errors.add("E_RECOVER_PERIODS")
    if draft.no_data is not None:
        policy = no_data_of(draft.no_data)
        # A breach of a level this threshold lacks could never be raised as written.
        if policy is None or (policy[0] is NoData.BREACH and policy[1].code not in names):
            errors.add("E_NO_DATA_POLICY")
    return errors


def _whole_from_one(value: object) -> bool:
    number = 1 if value is None else whole_of(value)
    return number is not None and number >= 1


def _number_errors(draft: Draft) -> set[str]:
    errors = set()
    margin = decimal_of(draft.recover_margin)
    given = [limit.recover_at for limit in draft.limits if limit.recover_at is not None]
    entered = [*(limit.at for limit in draft.limits), *given]
    if draft.recover_margin is not None:
        entered.append(draft.recover_margin)
    numbers = [decimal_of(value) for value in entered]
    if None in numbers:
        errors.add("E_NOT_FINITE")
    scale = 2 if draft.scale is None else whole_of(draft.scale)
    most = max((_decimals(number) for number in numbers if number is not None), default=0)
    if scale is None or not most <= scale <= MOST_DECIMALS:
        errors.add("E_SCALE")
    if margin is not None and margin < 0:
        errors.add("E_MARGIN_NEG")
    # A margin of 0 is the default and says nothing beside a recovery value.
    if margin and given:
        errors.add("E_BOTH_RECOVER")
    return errors


def _decimals(number: Decimal) -> int:
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    significant = "".join(map(str, digits)).rstrip("0")
    return max(0, -exponent - (len(digits) - len(significant))) if significant else 0


def _usable_levels(draft: Draft, worse: Operator) -> list[_Usable]:
    """The drafted levels that can be compared, mildest first."""
    margin = Decimal(0) if draft.recover_margin is None else decimal_of(draft.recover_margin)
    usable = []
    for limit in draft.limits:
        at = decimal_of(limit.at)
        if limit.name not in COLOURS or at is None:
            continue
        if limit.recover_at is not None:
            recovers_at = decimal_of(limit.recover_at)
        else:
            recovers_at = None if margin is None else recovery_value(worse, at, margin)
        usable.append(_Usable(COLOURS[limit.name], at, recovers_at))
    return sorted(usable, key=lambda limit: limit.level)


def _order_errors(levels: Sequence[_Usable], worse: Operator, *, margin_negative: bool) -> set[str]:
    errors = set()
    triggers = [_severity(level.at, worse) for level in levels]
    if any(severer <= milder for milder, severer in pairwise(triggers)):
        errors.add("E_ORDER")
    recoveries = [_severity(level.recovers_at, worse) for level in levels if level.recovers_at is not None]
    if any(severer < milder for milder, severer in pairwise(recoveries)):
        errors.add("E_RECOVER_ORDER")
    sides = [(level.recovers_at, level.at) for level in levels if level.recovers_at is not None]
    if not margin_negative and any(_severity(recovery, worse) > _severity(at, worse) for recovery, at in sides):
        errors.add("E_RECOVER_SIDE")
    return errors


def _severity(limit: Decimal, worse: Operator) -> Decimal:
    """The limit mirrored where lower is worse, so that larger always means more severe."""
    return limit.copy_negate() if worse.worse_is_lower else limit


def _recovery_reaches_milder(levels: Sequence[_Usable], worse: Operator) -> bool:
    """Whether a level lasts until the milder one would no longer start, so that the way back skips a colour."""
    return any(
        severer.recovers_at is not None and _severity(severer.recovers_at, worse) <= _severity(milder.at, worse)
        for milder, severer in pairwise(levels)
    )


def _register_errors(draft: Draft, last_evaluated: str | None, existing: Sequence[tuple[Scope, Dates]]) -> set[str]:
    errors = set()
    starts, ends = draft.dates
    if starts is not None and ends is not None and ends <= starts:
        errors.add("E_EFFECTIVE")
    if starts is not None and last_evaluated is not None and starts <= last_evaluated and not draft.retroactive:
        errors.add("E_RETROACTIVE")
    scope = draft.scope
    if scope is not None:
        if scope.indicator is None or (scope.region is not None and scope.region_level is not None):
            errors.add("E_SCOPE")
        if any(other == scope and dates_overlap(dates, draft.dates) for other, dates in existing):
            errors.add("E_OVERLAP")
    return errors


def draft_limits(levels: Mapping[str, object]) -> tuple[DraftLimit, ...]:
    """Drafted levels from ``{name: limit}`` or ``{name: {at, recover_at?, for_periods?}}``."""
    return tuple(
        DraftLimit(name, entry.get("at"), entry.get("recover_at"), entry.get("for_periods"))
        if isinstance(entry, Mapping)
        else DraftLimit(name, entry)
        for name, entry in levels.items()
    )
