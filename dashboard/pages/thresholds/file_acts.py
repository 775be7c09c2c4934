"""The register of limits from a file: a dry run that changes nothing, then its application, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboard.pages.thresholds import trial as thresholds_trial, words as words
from dashboard.pages.thresholds.acts import (
    TOKEN,
    LimitRefused,
    NoSuchLimit,
    WarningsUnconfirmed,
    demand_reach,
    described,
)
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import File, Sent, Text, Tick
from dashboard.site.reading import Reading
from dashboard.site.site import Site
from dashboard.words.problems import rejection_line
from dashboard.words.wording import N_, _, between
from rules.alerts.threshold import Scope
from rules.errors import StaleRow
from rules.indicators import INDICATORS
from rules.scheme import scheme_codes
from workflows.people.rights import MONITORS
from workflows.thresholds.changes import Step, apply_steps, findings, last_evaluated, lock_set, reaches_back
from workflows.thresholds.proposals import APPLIED, DRY_RUN, WAITING, decide, drop_dry_runs, proposal, save_proposal
from workflows.thresholds.register import Change, Register, limits

if TYPE_CHECKING:
    from workflows.thresholds.files import Lines, Wanted

FILE = File("file", N_("文件（CSV、XLSX 或 YAML）"))
FILE_REASON = Text("reason", N_("理由"), most=500)
FROM_THE_PAST = Tick("retroactive", N_("允许追溯生效（须第二人确认）"))


def _lines(_site: Site, sent: Sent) -> Lines | list[str]:
    """The rows of the file sent, or the sentences of why it cannot be read."""
    # Reading files brings the import machinery with it, which a worker loads only when it is asked for.
    from data_access.intake.importers.reasons import FileRefused
    from workflows.thresholds.files import lines_of

    try:
        return lines_of(*FILE.read(sent))
    except FileRefused as refused:
        return [rejection_line(one) for one in refused.rejections]


@act("dry_run_limits", N_("试导"), MONITORS, (FILE, FILE_REASON, FROM_THE_PAST), before=_lines)
def dry_run_limits(deed: Deed) -> Done:
    """Read a file, check every row and keep the difference for its token. Raises LimitRefused with each reason."""
    from workflows.thresholds.files import difference

    number = lock_set(deed.connection)
    sent, reason, retroactive = deed[FILE], deed[FILE_REASON], deed[FROM_THE_PAST]
    wanted, refusals = _read(deed)
    if refusals:
        raise LimitRefused("rows refused", said=_first(refusals))
    rows = limits(deed.connection)
    found = difference(rows, wanted)
    if not found.steps:
        return Done(_("文件与现行标准相同，没有改动。"), sent[0], {"rows": len(wanted)})
    steps = [step for _line, step in found.steps]
    demand_reach(deed, steps, rows)
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
        deed.connection,
        steps,
        preview,
        threshold_set=number,
        by=deed.account.login,
        reason=reason,
        retroactive=back,
        state=DRY_RUN,
        now=deed.now,
    )
    details = {**described(steps), "token": token, "preview": preview}
    return Done(
        _("试导完成：{count}项改动。", count=len(steps)), sent[0], details, deed.reading.view.href(number=token)
    )


def _read(deed: Deed) -> tuple[list[Wanted], list[str]]:
    """The limits of the file's rows, or the sentences of what is refused in it."""
    from workflows.thresholds.files import Known, read_limits

    if any(isinstance(one, str) for one in deed.prepared):
        return [], deed.prepared
    regions = {
        code for entry in deed.reading.published.schemes for code in deed.reading.published.tree(entry.scheme).codes
    }
    wanted, refusals = read_limits(deed.prepared, Known(frozenset(scheme_codes()), frozenset(regions)))
    return wanted, [rejection_line(one) for one in refusals]


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


CONFIRMED = Tick("confirmed", N_("已知悉提示，仍按此应用"))


@act("apply_limits", N_("应用"), MONITORS, (TOKEN, CONFIRMED))
def apply_limits(deed: Deed) -> Done:
    """Apply a dry run by its token, all or nothing. Raises StaleRow when any limit changed since."""
    kept = proposal(deed.connection, deed[TOKEN], lock=True)
    if kept is None or kept.state != DRY_RUN or kept.created_by != deed.account.login:
        raise NoSuchLimit("there is no such dry run of this account")
    if lock_set(deed.connection) != kept.threshold_set:
        raise StaleRow("the threshold set changed since the dry run")
    if kept.preview.get("warnings") and not deed[CONFIRMED]:
        said = between().join(words.finding(str(code), {}) for code in kept.preview["warnings"])
        raise WarningsUnconfirmed("warnings are to be confirmed", said=said)
    demand_reach(deed, kept.steps, limits(deed.connection))
    details = {**described(kept.steps), "reason": kept.reason, "token": kept.token, "preview": dict(kept.preview)}
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


ACTS = (dry_run_limits, apply_limits)
