"""What readers judge of suspicions 疑点 on a problem's page, one or several at once, and the look at one person's particulars."""

from __future__ import annotations

from dashboard.pages.issues.acts import KEEPERS, of_address
from dashboard.pages.issues.words import fact_name, fact_value
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Area, Choice, FieldNotChoice, Text, Ticks
from dashboard.words import display
from dashboard.words.wording import N_, _, name_of
from rules.errors import NotAllowed
from rules.persons.comparisons import COMPARISONS
from workflows.comparisons import steps
from workflows.comparisons.register import Raised, suspicions
from workflows.comparisons.steps import OTHER, Seen
from workflows.people import rights
from workflows.people.rights import SEEING_PERSONS

SUSPICIONS = Ticks("suspicion", N_("疑点"))
# What may be chosen is the rule's; the step refuses another.
CAUSE = Choice("cause", N_("排除原因"), free=True)
WORDS = Text("text", N_("说明"), most=200, required=False)
REASON = Area("text", N_("撤回理由"), rows=2)
LOOKED_AT = Text("suspicion", N_("疑点"), most=40, hidden=True)


def causes(rule: str) -> dict[str, str]:
    """The innocent causes that a rule names, and another one, by code in the reader's language."""
    known = COMPARISONS[rule].causes if rule in COMPARISONS else ()
    return {**{one.code: name_of(one) for one in known}, OTHER: _("其他")}


def mark(one: Raised) -> str:
    """A suspicion as it was seen, as forms send it."""
    return f"{one.run}.{one.number}.{one.row_version}"


def _marked(deed: Deed) -> list[Seen]:
    found: list[Seen] = []
    for text in deed[SUSPICIONS]:
        parts = text.split(".")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
            raise SUSPICIONS.refusal(FieldNotChoice, got=text[:40])
        found.append((int(parts[0]), int(parts[1]), int(parts[2])))
    return found


def _done(message: str, judged: tuple[Raised, ...]) -> Done:
    first = judged[0]
    return Done(message, f"{first.scheme} {first.ref}", {"codes": [one.code for one in judged]})


@act("uphold_suspicion", N_("判定属实"), KEEPERS, (SUSPICIONS, WORDS), whole=True)
def uphold(deed: Deed) -> Done:
    judged = steps.uphold(deed.connection, of_address(deed), _marked(deed), deed[WORDS], deed.by)
    return _done(_("已判定{count}条疑点属实。", count=len(judged)), judged)


@act("clear_suspicion", N_("判定排除"), KEEPERS, (SUSPICIONS, CAUSE, WORDS), whole=True)
def clear(deed: Deed) -> Done:
    judged = steps.clear(deed.connection, of_address(deed), _marked(deed), deed[CAUSE], deed[WORDS], deed.by)
    return _done(_("已排除{count}条疑点。", count=len(judged)), judged)


@act("withdraw_suspicion", N_("撤回判定"), KEEPERS, (SUSPICIONS, REASON), whole=True)
def withdraw(deed: Deed) -> Done:
    judged = steps.withdraw(deed.connection, of_address(deed), _marked(deed), deed[REASON], deed.by)
    return _done(_("已撤回{count}条疑点的判定。", count=len(judged)), judged)


@act("see_persons", N_("查看个人疑点明细"), SEEING_PERSONS, (LOOKED_AT,))
def look(deed: Deed) -> Done:
    """The whole hash, what the registers say and the amounts by month of one suspicion: told once, each look on record."""
    problem, asked = of_address(deed), deed[LOOKED_AT]
    if not rights.sees_persons(deed.reading.scope, problem.department):
        raise NotAllowed(f"{deed.account.login} sees no persons of {problem.ref}", action="see_persons")
    of = suspicions(deed.connection, problem.scheme, ref=problem.ref)
    one = next((each for each in of if f"{each.run}.{each.number}" == asked), None)
    if one is None:
        raise LOOKED_AT.refusal(FieldNotChoice, got=asked)
    lines = [_("代号全文：{code}", code=one.person)]
    lines += [
        _("{name}：{value}", name=fact_name(code), value=fact_value(deed.reading, code, text))
        for code, text in one.facts
    ]
    lines += [
        _("{month}：{amount}元", month=display.month_name(month), amount=display.money(fen, "yuan"))
        for month, fen in one.months
    ]
    message = _("个人疑点明细，本次查看已记入操作记录：")
    return Done(message, f"{one.scheme} {one.ref} {one.code}", once="\n" + "\n".join(lines))


JUDGING = (uphold, clear, withdraw, look)
