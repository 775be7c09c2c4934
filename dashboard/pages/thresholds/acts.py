"""What monitors do to limits: set, end, confirm, send to a second person, import. Every act leaves one audit row, with
the trial that was seen; a start in the past waits for another account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dashboard.pages.thresholds import form as thresholds_form, trial as thresholds_trial, words as words
from dashboard.site.acting import Conflict, Deed, Done
from dashboard.site.reading import Reading
from dashboard.words.problems import rejection_line
from dashboard.words.wording import _
from rules.alerts.threshold import Scope
from rules.errors import NotAllowed, PoolwatchError
from rules.indicators import INDICATORS
from rules.scheme import load_scheme, scheme_codes
from workflows.thresholds.changes import (
    Step,
    apply_steps,
    confirming,
    ending,
    findings,
    last_evaluated,
    lock_set,
    reaches_back,
)
from workflows.thresholds.proposals import (
    APPLIED,
    DRY_RUN,
    REFUSED,
    WAITING,
    WITHDRAWN,
    Proposal,
    decide,
    drop_dry_runs,
    proposal,
    save_proposal,
)
from workflows.thresholds.register import TRIAL, Change, Limit, Register, limits, load_register

if TYPE_CHECKING:
    from workflows.thresholds.files import Wanted


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
    trees = [(scheme.province, reading.published.tree(scheme.province)) for scheme in schemes]
    return all(reading.scope.covers(tree, province) for province, tree in trees)


def _demand(deed: Deed, steps: Sequence[Step], rows: Sequence[Limit]) -> None:
    """Every scope that a change touches is the account's to set. Raises NotAllowed."""
    by_id = {row.id: row.scope for row in rows}
    scopes = {new.scope for step in steps for new in step.records}
    scopes |= {by_id[number] for step in steps for number, _ends in step.ends if number in by_id}
    for scope in scopes:
        if not may_set(deed.reading, scope):
            raise NotAllowed("the limit reaches beyond the account's region", region=deed.reading.scope.region)


def _fresh_set(deed: Deed) -> int:
    """The set in force, held; it must be the one the page showed. Raises Conflict."""
    number = lock_set(deed.connection)
    if str(number) != deed.form.text("set", "set"):
        raise Conflict(f"the threshold set is {number} now")
    return number


def _rule_of_page(deed: Deed) -> tuple[str, str]:
    found = words.of_slug(deed.reading.view.subject)
    if found is None:
        raise NoSuchLimit(f"{deed.reading.view.path} names no rule")
    return found


# --- setting one limit


def save_limit(deed: Deed) -> Done:
    """Record a limit; with a start in the past, propose it. Raises Conflict, LimitRefused, WarningsUnconfirmed."""
    indicator, rule = _rule_of_page(deed)
    number = _fresh_set(deed)
    fields = {name: deed.form.text(name, name, required=False, most=40) for name in thresholds_form.FIELDS}
    reason = deed.form.text("reason", _("理由"), most=500)
    rows = limits(deed.connection)
    checked = thresholds_form.check(deed.reading, rows, fields, indicator, rule)
    if checked.found.errors or checked.step is None:
        raise _refusal(checked.found.errors, checked.said)
    if checked.found.warnings and not deed.form.ticked("confirmed"):
        said = "".join(words.finding(code, checked.said) for code in checked.found.warnings)
        raise WarningsUnconfirmed("warnings are to be confirmed", said=said)
    _demand(deed, [checked.step], rows)
    register = Register(number, rows)
    tried = thresholds_trial.compare(deed.reading, register, checked.new, rule)
    preview = {} if tried is None else tried.details
    if checked.reaches_back:
        return _propose(deed, [checked.step], preview, number, reason)
    made = apply_steps(deed.connection, [checked.step], Change(deed.account.login, reason, deed.now))
    details = {**_described([checked.step]), "reason": reason, "threshold_set": made, "preview": preview}
    said = _("已保存，{period}起生效，随后重新评判。", period=words.period_words(checked.new.starts))
    row = max(row.id for row in limits(deed.connection, indicator) if row.since_set == made)
    href = replace(deed.reading.view, item="").href(number=str(row))
    return Done(said, words.slug(indicator, rule), details, href, refresh=True)


def _refusal(codes: Sequence[str], said: dict[str, str] | object) -> LimitRefused:
    parameters = said if isinstance(said, dict) else {}
    text = "".join(words.finding(code, parameters) for code in codes or ("E_NOTHING",))
    return LimitRefused(", ".join(codes), said=text)


def _described(steps: Sequence[Step]) -> dict[str, object]:
    """Steps as the audit keeps them."""
    return {
        "changes": [
            {
                "kind": step.kind, "indicator": step.indicator, "rule": step.rule, "since": step.since,
                "ends": [list(one) for one in step.ends],
                "records": [
                    {
                        "scheme": new.scope.scheme, "region_level": new.scope.region_level, "region": new.scope.region,
                        "from": new.starts, "to": new.ends, "spec": dict(new.spec), "enabled": new.enabled,
                        "kind": new.kind, "status": new.status,
                    }
                    for new in step.records
                ],
            }
            for step in steps
        ]
    }  # fmt: skip


def _propose(deed: Deed, steps: Sequence[Step], preview: dict[str, object], number: int, reason: str) -> Done:
    token = save_proposal(
        deed.connection, steps, preview, threshold_set=number, by=deed.account.login, reason=reason, retroactive=True,
        state=WAITING, now=deed.now,
    )  # fmt: skip
    details = {**_described(steps), "reason": reason, "token": token, "preview": preview, "retroactive": True}
    subject = words.slug(steps[0].indicator, steps[0].rule)
    return Done(_("追溯改动已提交，等待第二人确认后生效。"), subject, details, deed.reading.view.href(number=""))


def end_limit(deed: Deed) -> Done:
    """End a row from a period on; a period already judged is proposed instead."""
    number = _fresh_set(deed)
    rows = limits(deed.connection)
    row = _row(deed, rows)
    ends = deed.form.text("ends", _("自此期起停用"), most=10)
    reason = deed.form.text("reason", _("停用理由"), most=500)
    if not thresholds_form.is_period(ends):
        raise _refusal(["E_PERIOD"], {})
    if row.ends is not None and row.ends <= ends:
        raise NoSuchLimit(f"row {row.id} ends at {row.ends}")
    step = ending(row, ends)
    _demand(deed, [step], rows)
    last = last_evaluated(deed.connection, row.scope, row.rule)
    if reaches_back(step, last):
        return _propose(deed, [step], {}, number, reason)
    made = apply_steps(deed.connection, [step], Change(deed.account.login, reason, deed.now))
    details = {**_described([step]), "reason": reason, "threshold_set": made}
    return Done(
        _("已停用，{period}起不再适用。", period=words.period_words(step.since or ends)),
        words.slug(str(row.scope.indicator), row.rule), details, deed.reading.view.href(number=""), refresh=True,
    )  # fmt: skip


def _row(deed: Deed, rows: Sequence[Limit]) -> Limit:
    asked = deed.form.text("row", "row", most=12)
    found = next((row for row in rows if str(row.id) == asked), None)
    if found is None:
        raise NoSuchLimit(f"there is no row {asked}")
    return found


def confirm_limits(deed: Deed) -> Done:
    """Confirm what is on trial as it is: one row, one side, or all."""
    _fresh_set(deed)
    rows = limits(deed.connection)
    reason = deed.form.text("reason", _("确认依据"), most=500)
    trial = [row for row in rows if row.status == TRIAL and row.ended_set is None]
    if asked := deed.form.text("row", "row", required=False, most=12):
        trial = [row for row in trial if str(row.id) == asked]
    else:
        which = deed.form.choice("which", _("确认哪些"), ["all", *words.SIDES])
        here = {None, deed.reading.scheme.code}
        trial = [
            row
            for row in trial
            if row.scope.scheme in here and which in ("all", INDICATORS[str(row.scope.indicator)].side)
        ]
    if not trial:
        raise NoSuchLimit("nothing is on trial")
    steps = [confirming(row) for row in trial]
    _demand(deed, steps, rows)
    made = apply_steps(deed.connection, steps, Change(deed.account.login, reason, deed.now))
    details = {"rows": [row.id for row in trial], "reason": reason, "threshold_set": made}
    subject = words.slug(steps[0].indicator, steps[0].rule) if len(steps) == 1 else "*"
    return Done(
        _("已确认启用{count}条标准。", count=len(steps)),
        subject,
        details,
        deed.reading.view.href(number=""),
        refresh=True,
    )


# --- the second person


def approve_limits(deed: Deed) -> Done:
    """Another account agrees to a waiting change, and it takes effect. Raises FourEyes, Conflict."""
    kept = _waiting(deed)
    if kept.created_by == deed.account.login:
        raise FourEyes(f"{kept.created_by} proposed it")
    lock_set(deed.connection)
    register = load_register(deed.connection)
    if kept.overtaken(register):
        raise Conflict("limits of its indicators changed since")
    _demand(deed, kept.steps, limits(deed.connection))
    change = Change(kept.created_by, kept.reason, deed.now, approved_by=deed.account.login)
    made = apply_steps(deed.connection, kept.steps, change)
    decide(deed.connection, kept, APPLIED, by=deed.account.login, now=deed.now, made_set=made)
    details = {
        **_described(kept.steps), "reason": kept.reason, "proposed_by": kept.created_by, "threshold_set": made,
        "preview": dict(kept.preview), "retroactive": True,
    }  # fmt: skip
    return Done(
        _("已同意，改动生效，随后重新评判。"), kept.token, details, deed.reading.view.href(number=""), refresh=True
    )


def reject_limits(deed: Deed) -> Done:
    """Send a waiting change back; who proposed it withdraws it so."""
    kept = _waiting(deed)
    note = deed.form.text("note", _("退回理由"), most=500)
    own = kept.created_by == deed.account.login
    decide(deed.connection, kept, WITHDRAWN if own else REFUSED, by=deed.account.login, now=deed.now)
    return Done(_("已撤回。") if own else _("已退回。"), kept.token, {"note": note}, deed.reading.view.href())


def _waiting(deed: Deed) -> Proposal:
    kept = proposal(deed.connection, deed.form.text("token", "token", most=64), lock=True)
    if kept is None or kept.state != WAITING:
        raise NoSuchLimit("the change was decided before")
    return kept


# --- files


def dry_run_limits(deed: Deed) -> Done:
    """Read a file, check every row and keep the difference for its token. Raises LimitRefused with each reason."""
    # Reading files brings the import machinery with it, which a worker loads only when it is asked for.
    from workflows.thresholds.files import difference

    number = lock_set(deed.connection)
    sent = deed.form.file("file", _("文件（CSV、XLSX 或 YAML）"))
    assert sent is not None
    reason, retroactive = deed.form.text("reason", _("理由"), most=500), deed.form.ticked("retroactive")
    wanted, refusals = _read(deed, *sent)
    if refusals:
        raise LimitRefused("rows refused", said=_first(refusals))
    rows = limits(deed.connection)
    found = difference(rows, wanted)
    if not found.steps:
        return Done(_("文件与现行标准相同，没有改动。"), sent[0], {"rows": len(wanted)})
    steps = [step for _line, step in found.steps]
    _demand(deed, steps, rows)
    said, warnings, back = [], set(), False
    for at, (line, step) in enumerate(found.steps):
        scope = step.records[0].scope if step.records else Scope(step.indicator)
        last = last_evaluated(deed.connection, scope, step.rule)
        told = findings(rows, steps, at, last, retroactive=retroactive)
        warnings |= set(told.warnings)
        back = back or reaches_back(step, last)
        parameters = {"last": words.period_words(last) if last else "—", "scale": INDICATORS[step.indicator].scale}
        said += [_("第 {line} 行：{said}", line=line, said=words.finding(code, parameters)) for code in told.errors]
    if said:
        raise LimitRefused("rows refused", said=_first(said))
    drop_dry_runs(deed.connection, deed.account.login, deed.now)
    preview = {**trial_of_steps(deed.reading, Register(number, rows), steps), "warnings": sorted(warnings)}
    token = save_proposal(
        deed.connection, steps, preview, threshold_set=number, by=deed.account.login, reason=reason, retroactive=back,
        state=DRY_RUN, now=deed.now,
    )  # fmt: skip
    details = {**_described(steps), "file": sent[0], "token": token, "preview": preview}
    return Done(
        _("试导完成：{count}项改动。", count=len(steps)), sent[0], details, deed.reading.view.href(number=token)
    )


def _read(deed: Deed, name: str, content: bytes) -> tuple[list[Wanted], list[str]]:
    """The limits of a file, or the sentences of what is refused in it."""
    from data_access.intake.importers.reasons import FileRefused
    from workflows.thresholds.files import Known, read_limits

    regions = {code for entry in deed.reading.published.schemes for code in _codes(deed, entry.scheme.province)}
    try:
        wanted, refusals = read_limits(name, content, Known(frozenset(scheme_codes()), frozenset(regions)))
    except FileRefused as refused:
        return [], [rejection_line(one) for one in refused.rejections]
    return wanted, [rejection_line(one) for one in refusals]


def _codes(deed: Deed, province: str) -> Sequence[str]:
    return deed.reading.published.tree(province).codes


def _first(said: Sequence[str], most: int = 20) -> str:
    more = len(said) - most
    return "\n".join(said[:most]) + (_("\n另有{count}处。", count=more) if more > 0 else "")


def trial_of_steps(reading: Reading, register: Register, steps: Sequence[Step]) -> dict[str, object]:
    """The trials of several changes as one: the sums of both sides."""
    sums: dict[str, dict[str, int]] = {"wanted": {}, "present": {}}
    for step in steps:
        for new in step.records[:1]:
            tried = thresholds_trial.compare(reading, register, new, step.rule)
            if tried is None:
                continue
            for side, total in (("wanted", tried.wanted), ("present", tried.present)):
                for name, count in (("warnings", total.opens), ("red", total.reds), ("subjects", total.subjects)):
                    sums[side][name] = sums[side].get(name, 0) + count
    return dict(sums) if sums["wanted"] else {}


def apply_limits(deed: Deed) -> Done:
    """Apply a dry run by its token, all or nothing. Raises Conflict when any limit changed since."""
    kept = proposal(deed.connection, deed.form.text("token", "token", most=64), lock=True)
    if kept is None or kept.state != DRY_RUN or kept.created_by != deed.account.login:
        raise NoSuchLimit("there is no such dry run of this account")
    if lock_set(deed.connection) != kept.threshold_set:
        raise Conflict("the threshold set changed since the dry run")
    if kept.preview.get("warnings") and not deed.form.ticked("confirmed"):
        said = "".join(words.finding(str(code), {}) for code in kept.preview["warnings"])
        raise WarningsUnconfirmed("warnings are to be confirmed", said=said)
    _demand(deed, kept.steps, limits(deed.connection))
    details = {**_described(kept.steps), "reason": kept.reason, "token": kept.token, "preview": dict(kept.preview)}
    href = deed.reading.view.href(number=kept.token)
    if kept.retroactive:
        decide(deed.connection, kept, WAITING, by=deed.account.login, now=deed.now)
        return Done(_("追溯改动已提交，等待第二人确认后生效。"), kept.token, {**details, "retroactive": True}, href)
    made = apply_steps(deed.connection, kept.steps, Change(deed.account.login, kept.reason, deed.now))
    decide(deed.connection, kept, APPLIED, by=deed.account.login, now=deed.now, made_set=made)
    return Done(
        _("已应用{count}项改动，随后重新评判。", count=len(kept.steps)),
        kept.token,
        {**details, "threshold_set": made},
        href,
        refresh=True,
    )


ACTS = {
    "save_limit": save_limit, "end_limit": end_limit, "confirm_limits": confirm_limits,
    "approve_limits": approve_limits, "reject_limits": reject_limits, "dry_run_limits": dry_run_limits,
    "apply_limits": apply_limits,
}  # fmt: skip
