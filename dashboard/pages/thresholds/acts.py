"""What monitors do to limits: set, end, confirm, send to a second person, import. Every act leaves one audit row, with
the trial that was seen; a start in the past waits for another account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dashboard.pages.thresholds import form as thresholds_form, trial as thresholds_trial, words as words
from dashboard.site.act import Deed, Done, Layout, act
from dashboard.site.fields import Choice, Text
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _, between
from rules.alerts.threshold import Scope
from rules.errors import NotAllowed, PoolwatchError, StaleRow
from rules.indicators import INDICATORS
from rules.scheme import load_scheme
from workflows.people.accounts import Role
from workflows.people.rights import MONITORS
from workflows.thresholds.changes import (
    Step,
    apply_steps,
    confirming,
    ending,
    last_evaluated,
    lock_set,
    reaches_back,
)
from workflows.thresholds.proposals import (
    APPLIED,
    REFUSED,
    WAITING,
    WITHDRAWN,
    Proposal,
    decide,
    proposal,
    save_proposal,
)
from workflows.thresholds.register import TRIAL, Change, Limit, Register, limits, load_register

if TYPE_CHECKING:
    pass


# The second person may also be the administrator, where an office has one monitor.
SECOND = MONITORS | {Role.SYSTEM_ADMIN}


class LimitRefused(PoolwatchError):
    """A limit cannot be recorded as written; ``said`` holds the sentences."""

    code = "limit_refused"


class WarningsUnconfirmed(PoolwatchError):
    """A limit has remarks that must be confirmed with a tick; ``said`` holds them."""

    code = "limit_warnings"


class FourEyes(PoolwatchError):
    """Who proposed a change cannot be the second person."""

    code = "four_eyes_limits"


class NoSuchLimit(PoolwatchError):
    """The row or the change is gone or was decided before."""

    code = "limit_gone"


def may_set(reading: Reading, scope: Scope) -> bool:
    """Whether an account covers everything a scope reaches: the whole province of each of its ledgers."""
    schemes = (
        [load_scheme(scope.scheme)]
        if scope.scheme is not None
        else [entry.scheme for entry in reading.published.schemes if entry.scheme.kind == "ledger"]
    )
    trees = [(scheme.province, reading.published.tree(scheme)) for scheme in schemes]
    return all(reading.scope.covers(tree, province) for province, tree in trees)


def demand_reach(deed: Deed, steps: Sequence[Step], rows: Sequence[Limit]) -> None:
    """Every scope that a change touches is the account's to set. Raises NotAllowed."""
    by_id = {row.id: row.scope for row in rows}
    scopes = {new.scope for step in steps for new in step.records}
    scopes |= {by_id[number] for step in steps for number, _ends in step.ends if number in by_id}
    for scope in scopes:
        if not may_set(deed.reading, scope):
            raise NotAllowed("the limit reaches beyond the account's region", region=deed.reading.scope.region)


def _fresh_set(deed: Deed) -> int:
    """The set in force, held; it must be the one the page showed. Raises StaleRow."""
    number = lock_set(deed.connection)
    if str(number) != deed[thresholds_form.SET]:
        raise StaleRow(f"the threshold set is {number} now")
    return number


def _rule_of_page(deed: Deed) -> tuple[str, str]:
    found = words.of_slug(deed.reading.view.subject)
    if found is None:
        raise NoSuchLimit(f"{deed.reading.view.path} names no rule")
    return found


# --- setting one limit


def _of_rule(reading: Reading) -> Layout:
    """The fields of the rule that the address names; its page arranges them with what is said beside them."""
    rule = words.of_slug(reading.view.subject)
    limit = () if rule is None else tuple(thresholds_form.limit_fields(*rule).values())
    return (thresholds_form.SET, *limit, thresholds_form.REASON)


@act("save_limit", N_("保存"), MONITORS, _of_rule)
def save_limit(deed: Deed) -> Done:
    """Record a limit; with a start in the past, propose it. Raises StaleRow, LimitRefused, WarningsUnconfirmed."""
    indicator, rule = _rule_of_page(deed)
    number = _fresh_set(deed)
    sent = {name: deed[field] for name, field in thresholds_form.limit_fields(indicator, rule).items()}
    fields = {name: "1" if value is True else value or "" for name, value in sent.items()}
    reason = deed[thresholds_form.REASON]
    rows = limits(deed.connection)
    checked = thresholds_form.check(deed.reading, rows, fields, indicator, rule)
    if checked.found.errors or checked.step is None:
        raise _refusal(checked.found.errors, checked.said)
    if checked.found.warnings and not fields["confirmed"]:
        said = between().join(words.finding(code, checked.said) for code in checked.found.warnings)
        raise WarningsUnconfirmed("warnings are to be confirmed", said=said)
    demand_reach(deed, [checked.step], rows)
    register = Register(number, rows)
    tried = thresholds_trial.compare(deed.reading, register, checked.new, rule)
    preview = {} if tried is None else tried.details
    if checked.reaches_back:
        return _propose(deed, [checked.step], preview, number, reason)
    made = apply_steps(deed.connection, [checked.step], Change(deed.account.login, reason, deed.now))
    details = {**described([checked.step]), "threshold_set": made, "preview": preview}
    said = _("已保存，{period}起生效，随后重新评判。", period=words.period_words(checked.new.starts))
    row = max(row.id for row in limits(deed.connection, indicator) if row.since_set == made)
    href = replace(deed.reading.view, item="").href(number=str(row))
    return Done(said, words.slug(indicator, rule), details, href, refresh=True)


def _refusal(codes: Sequence[str], said: dict[str, str] | object) -> LimitRefused:
    parameters = said if isinstance(said, dict) else {}
    text = between().join(words.finding(code, parameters) for code in codes or ("E_NOTHING",))
    return LimitRefused(", ".join(codes), said=text)


def described(steps: Sequence[Step]) -> dict[str, object]:
    """Steps as the audit keeps them."""
    return {
        "changes": [
            {
                "kind": step.kind,
                "indicator": step.indicator,
                "rule": step.rule,
                "since": step.since,
                "ends": [list(one) for one in step.ends],
                "records": [
                    {
                        "scheme": new.scope.scheme,
                        "region_level": new.scope.region_level,
                        "region": new.scope.region,
                        "from": new.starts,
                        "to": new.ends,
                        "spec": dict(new.spec),
                        "enabled": new.enabled,
                        "kind": new.kind,
                        "status": new.status,
                    }
                    for new in step.records
                ],
            }
            for step in steps
        ]
    }


def _propose(deed: Deed, steps: Sequence[Step], preview: dict[str, object], number: int, reason: str) -> Done:
    token = save_proposal(
        deed.connection,
        steps,
        preview,
        threshold_set=number,
        by=deed.account.login,
        reason=reason,
        retroactive=True,
        state=WAITING,
        now=deed.now,
    )
    details = {**described(steps), "reason": reason, "token": token, "preview": preview, "retroactive": True}
    subject = words.slug(steps[0].indicator, steps[0].rule)
    return Done(_("追溯改动已提交，等待第二人确认后生效。"), subject, details, deed.reading.view.href(number=""))


ROW = Text("row", N_("编号"), most=12, required=False, hidden=True)
ENDS = Text("ends", N_("自此期起停用"), most=10)
END_REASON = Text("reason", N_("停用理由"), most=500)


@act("end_limit", N_("停用"), MONITORS, (thresholds_form.SET, ROW, ENDS, END_REASON))
def end_limit(deed: Deed) -> Done:
    """End a row from a period on; a period already judged is proposed instead."""
    number = _fresh_set(deed)
    rows = limits(deed.connection)
    row = _row(deed, rows)
    ends, reason = deed[ENDS], deed[END_REASON]
    if not thresholds_form.is_period(ends):
        raise _refusal(["E_PERIOD"], {})
    if row.ends is not None and row.ends <= ends:
        raise NoSuchLimit(f"row {row.id} ends at {row.ends}")
    step = ending(row, ends)
    demand_reach(deed, [step], rows)
    last = last_evaluated(deed.connection, row.scope, row.rule)
    if reaches_back(step, last):
        return _propose(deed, [step], {}, number, reason)
    made = apply_steps(deed.connection, [step], Change(deed.account.login, reason, deed.now))
    details = {**described([step]), "threshold_set": made}
    return Done(
        _("已停用，{period}起不再适用。", period=words.period_words(step.since or ends)),
        words.slug(str(row.scope.indicator), row.rule),
        details,
        deed.reading.view.href(number=""),
        refresh=True,
    )


def _row(deed: Deed, rows: Sequence[Limit]) -> Limit:
    asked = deed[ROW]
    found = next((row for row in rows if str(row.id) == asked), None)
    if found is None:
        raise NoSuchLimit(f"there is no row {asked}")
    return found


WHICH = Choice(
    "which",
    N_("确认哪些"),
    lambda reading: [("all", _("全部")), *((side, words.side_name(reading, side)) for side in words.SIDES)],
)
CONFIRM_REASON = Text("reason", N_("确认依据"), most=500)


@act("confirm_limits", N_("确认启用"), MONITORS, (thresholds_form.SET, ROW, (WHICH, CONFIRM_REASON)))
def confirm_limits(deed: Deed) -> Done:
    """Confirm what is on trial as it is: one row, one side, or all."""
    _fresh_set(deed)
    rows = limits(deed.connection)
    reason = deed[CONFIRM_REASON]
    trial = [row for row in rows if row.status == TRIAL and row.ended_set is None]
    if asked := deed[ROW]:
        trial = [row for row in trial if str(row.id) == asked]
    else:
        which = deed[WHICH]
        here = {None, deed.reading.scheme.code}
        trial = [
            row
            for row in trial
            if row.scope.scheme in here and which in ("all", INDICATORS[str(row.scope.indicator)].side)
        ]
    if not trial:
        raise NoSuchLimit("nothing is on trial")
    steps = [confirming(row) for row in trial]
    demand_reach(deed, steps, rows)
    made = apply_steps(deed.connection, steps, Change(deed.account.login, reason, deed.now))
    details = {"rows": [row.id for row in trial], "threshold_set": made}
    subject = words.slug(steps[0].indicator, steps[0].rule) if len(steps) == 1 else "*"
    return Done(
        _("已确认启用{count}条标准。", count=len(steps)),
        subject,
        details,
        deed.reading.view.href(number=""),
        refresh=True,
    )


# --- the second person


TOKEN = Text("token", N_("编号"), most=64, hidden=True)
NOTE = Text("note", N_("退回理由"), most=500)


@act("approve_limits", N_("同意并生效"), SECOND, (TOKEN,))
def approve_limits(deed: Deed) -> Done:
    """Another account agrees to a waiting change, and it takes effect. Raises FourEyes, StaleRow."""
    kept = _waiting(deed)
    if kept.created_by == deed.account.login:
        raise FourEyes(f"{kept.created_by} proposed it")
    lock_set(deed.connection)
    register = load_register(deed.connection)
    if kept.overtaken(register):
        raise StaleRow("limits of its indicators changed since")
    demand_reach(deed, kept.steps, limits(deed.connection))
    change = Change(kept.created_by, kept.reason, deed.now, approved_by=deed.account.login)
    made = apply_steps(deed.connection, kept.steps, change)
    decide(deed.connection, kept, APPLIED, by=deed.account.login, now=deed.now, made_set=made)
    details = {
        **described(kept.steps),
        "reason": kept.reason,
        "proposed_by": kept.created_by,
        "threshold_set": made,
        "preview": dict(kept.preview),
        "retroactive": True,
    }
    return Done(
        _("已同意，改动生效，随后重新评判。"), kept.token, details, deed.reading.view.href(number=""), refresh=True
    )


@act("reject_limits", N_("退回"), SECOND, (TOKEN, NOTE))
def reject_limits(deed: Deed) -> Done:
    """Send a waiting change back; who proposed it withdraws it so."""
    kept = _waiting(deed)
    note = deed[NOTE]
    own = kept.created_by == deed.account.login
    decide(deed.connection, kept, WITHDRAWN if own else REFUSED, by=deed.account.login, now=deed.now)
    return Done(_("已撤回。") if own else _("已退回。"), kept.token, {"note": note}, deed.reading.view.href())


def _waiting(deed: Deed) -> Proposal:
    kept = proposal(deed.connection, deed[TOKEN], lock=True)
    if kept is None or kept.state != WAITING:
        raise NoSuchLimit("the change was decided before")
    return kept


ACTS = (save_limit, end_limit, confirm_limits, approve_limits, reject_limits)
