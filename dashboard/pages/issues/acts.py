"""What readers do on 问题台账. Rights by role stand in access.ACTIONS; region and row version are checked here."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.pages.issues.words import PATH, STEP_NAMES
from dashboard.site.acting import Act, Conflict, Deed, Done, FieldNotChoice, FieldOutOfRange
from dashboard.site.attaching import sent
from dashboard.words.wording import _
from rules.errors import NotAllowed
from rules.violations import CATEGORIES, DEPARTMENTS, ORIGINS, SIDES
from workflows.gap.items import By, StaleRow
from workflows.issues import steps as steps
from workflows.issues.register import Violation, violation
from workflows.issues.steps import Found, Said

Step = Callable[..., Violation]
# Act → the step and what its form asks for beside the words.
FIELDS: dict[str, tuple[Step, tuple[str, ...]]] = {
    "verify": (steps.verify, ("amount", "persons")),
    "dismiss": (steps.dismiss, ()),
    "amount": (steps.set_amounts, ("amount", "persons")),
    "assign": (steps.assign, ("document", "due_on")),
    "answer": (steps.answer, ("file",)),
    "recover": (steps.recover, ("amount", "document", "file")),
    "exclude": (steps.exclude, ("amount", "document")),
    "extend": (steps.extend, ("due_on",)),
    "study": (steps.propose_study, ()),
    "ask_close": (steps.ask_close, ("file",)),
    "close": (steps.close, ()),
    "decline": (steps.decline, ()),
    "reopen": (steps.reopen, ("due_on",)),
}
# What the place itself may do; all else is the province's.
OF_THE_PLACE = frozenset({"answer"})


def _by(deed: Deed) -> By:
    return By(deed.account.login, deed.account.name, deed.account.department or "", deed.now)


def _seen(deed: Deed, step: str) -> Violation:
    """The problem as the reader saw it. Raises NotAllowed outside the reader's region, Conflict for a stale one."""
    scope, tree = deed.reading.scope, deed.reading.tree
    one = violation(deed.connection, deed.reading.scheme.code, deed.reading.view.subject.upper())
    if one is None or not scope.covers(tree, one.region):
        raise NotAllowed(f"no problem {deed.reading.view.subject}", region=scope.region)
    if step not in OF_THE_PLACE and not deed.reading.sees_siblings:
        raise NotAllowed("the act is the province's", region=scope.region)
    if deed.form.whole("row_version", _("编号")) != one.row_version:
        raise Conflict(f"{one.ref} was changed", ref=one.ref)
    return one


def _said(deed: Deed, one: Violation, step: str, asks: tuple[str, ...]) -> Said:
    """What the form says; corrections of recoveries may be negative."""
    form = deed.form
    low = -(10**13) if step == "recover" else 0
    persons = form.text("persons", _("涉及人数"), most=12, required=False) if "persons" in asks else ""
    return Said(
        text=form.text("text", _("说明"), required=step not in ("close", "verify", "amount", "recover")),
        document=(form.text("document", _("文号"), most=80, required=False) or None) if "document" in asks else None,
        amount_fen=form.fen("amount", _("金额（元）"), low=low) if "amount" in asks else None,
        persons=form.whole("persons", _("涉及人数"), high=10**9) if persons else None,
        due_on=form.day("due_on", _("整改期限")) if "due_on" in asks else None,
        attachment=sent(deed, "issue", one.region, one.ref) if "file" in asks else None,
    )


def _act(step: str) -> Act:
    make, asks = FIELDS[step]

    def act(deed: Deed) -> Done:
        one = _seen(deed, step)
        said = _said(deed, one, step, asks)
        try:
            make(deed.connection, one, said, _by(deed))
        except StaleRow as stale:
            raise Conflict(str(stale), **stale.parameters) from stale
        details = {"step": step, "amount_fen": said.amount_fen, "attachment": said.attachment}
        message = _("{ref}：{step}，已记入台账。", ref=one.ref, step=_(STEP_NAMES[step]))
        return Done(message, f"{one.scheme} {one.ref}", details)

    return act


def register(deed: Deed) -> Done:
    """Enter a problem as a lead; the province's departments do so for any region of theirs."""
    reading, form = deed.reading, deed.form
    if not reading.sees_siblings:
        raise NotAllowed("the act is the province's", region=reading.scope.region)
    region = form.text("region", _("地区"), most=12)
    if region not in reading.tree or not reading.scope.covers(reading.tree, region):
        raise FieldNotChoice(f"no region {region}", label=_("地区"), got=region)
    persons = form.text("persons", _("涉及人数"), most=12, required=False)
    due_on = form.text("due_on", _("整改期限"), most=10, required=False)
    found = Found(
        region=region,
        department=form.choice("department", _("责任部门"), (*DEPARTMENTS,)),
        origin=form.choice("origin", _("来源"), (*ORIGINS,)),
        side=form.choice("side", _("四位一体"), (*SIDES,)),
        category=form.choice("category", _("类别"), (*CATEGORIES,)),
        title=form.text("title", _("问题"), most=200),
        found_on=form.day("found_on", _("发现日期")),
        amount_fen=form.fen("amount", _("涉及金额（元）")),
        evidence=form.text("evidence", _("依据")),
        persons=form.whole("persons", _("涉及人数"), high=10**9) if persons else None,
        due_on=form.day("due_on", _("整改期限")) if due_on else None,
    )
    if found.found_on > reading.today:
        raise FieldOutOfRange(
            "found in the future",
            label=_("发现日期"),
            got=found.found_on.isoformat(),
            low="—",
            high=reading.today.isoformat(),
        )
    one = steps.register(deed.connection, reading.scheme.code, found, _by(deed))
    sent(deed, "issue", region, one.ref)
    message = _("已登记线索{ref}。", ref=one.ref)
    details = {"region": region, "origin": found.origin, "amount_fen": found.amount_fen}
    href = reading.view.href(path=f"{PATH}/{one.ref.lower()}", item="")
    return Done(message, f"{reading.scheme.code} {one.ref}", details, href)


ACTS: dict[str, Act] = {"issue_register": register, **{f"issue_{step}": _act(step) for step in FIELDS}}
