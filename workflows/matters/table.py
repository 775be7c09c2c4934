"""The table: at each stage of each kind of matter, which act is next and whose it is. Nothing else decides who is told.

A matter's stages follow from how it stands (:mod:`workflows.matters.cases`, :mod:`workflows.matters.registers`); ``AFTER``
says of every step that a workflow knows at which stages it may leave the matter, so that no step is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from workflows.matters.records import Kind


class Who(Enum):
    """Whose turn it is; what each means of an account is in :mod:`workflows.matters.turns`."""

    LOCAL = auto()  # the place's side that signs: 人社, the departments that can act
    HOLDER = auto()  # to whom it was given last
    LEADING = auto()  # who leads what was asked for
    MONITOR = auto()  # the province's monitors
    LEADER = auto()  # leaders who see the place
    GIVER = auto()  # who asked for it
    OFFICE = auto()  # the province's office of the matter's department
    PLACE = auto()  # the place's own people
    ASSESSOR = auto()  # the province's, for 认定
    SIGNER = auto()  # the province's three departments, each once
    FINANCE = auto()  # the province's
    NAMED = auto()  # one person, by login
    WRITER = auto()
    SIGNATORY = auto()  # leaders, for what goes out
    SECOND = auto()  # another keeper of limits
    DEPARTMENT = auto()  # the province's accounts of the departments responsible
    OFFICES = auto()  # those that make budgets, of the matter's departments
    DECIDER = auto()  # another office that may confirm a delivery
    SIDE = auto()  # the province's offices of the departments that have still to sign
    KEEPER = auto()  # the departments whose book it is, of the place and of the province
    REOPENER = auto()  # another one who decides on data of the province
    UNITS = auto()  # the agencies of the units it names
    AGENCY = auto()  # the province's
    BELOW = auto()  # the place's office of the matter's department, and who is of none there


@dataclass(frozen=True, slots=True)
class Turn:
    """One line: a matter of ``kind`` at ``stage`` waits for ``who`` to do ``act``, as pages and audit name it."""

    kind: Kind
    stage: str
    act: str
    who: Who


TURNS = (
    Turn(Kind.CASE, "unsigned", "case_sign", Who.LOCAL),
    Turn(Kind.CASE, "own", "case_assign", Who.MONITOR),  # of the province itself: nobody signs before
    Turn(Kind.CASE, "signed", "case_assign", Who.MONITOR),
    Turn(Kind.CASE, "handling", "case_submit", Who.HOLDER),
    Turn(Kind.CASE, "late", "case_remind", Who.MONITOR),
    Turn(Kind.CASE, "submitted", "case_close", Who.MONITOR),
    Turn(Kind.CASE, "asked", "case_decide", Who.MONITOR),
    Turn(Kind.CASE, "uninstructed", "instruct", Who.LEADER),
    Turn(Kind.INSTRUCTION, "open", "report_instruction", Who.LEADING),
    Turn(Kind.INSTRUCTION, "overdue", "instruct", Who.GIVER),
    Turn(Kind.INSTRUCTION, "reported", "finish_instruction", Who.GIVER),
    Turn(Kind.INSTRUCTION, "resolved", "finish_instruction", Who.MONITOR),  # what a meeting decided
    Turn(Kind.ISSUE, "lead", "issue_verify", Who.OFFICE),
    Turn(Kind.ISSUE, "verified", "issue_assign", Who.OFFICE),
    Turn(Kind.ISSUE, "mending", "issue_answer", Who.PLACE),
    Turn(Kind.ISSUE, "answered", "issue_ask_close", Who.OFFICE),
    Turn(Kind.ISSUE, "asked", "issue_close", Who.OFFICE),
    Turn(Kind.GAP, "lead", "gap_assess", Who.ASSESSOR),
    Turn(Kind.GAP, "assessed", "gap_sign", Who.SIGNER),
    Turn(Kind.GAP, "objected", "gap_answer", Who.ASSESSOR),
    Turn(Kind.GAP, "determined", "gap_tell", Who.ASSESSOR),
    Turn(Kind.GAP, "told", "gap_payment", Who.FINANCE),
    Turn(Kind.BRIEFING, "returned", "briefing_send", Who.NAMED),
    Turn(Kind.BRIEFING, "checking", "briefing_pass", Who.WRITER),
    Turn(Kind.BRIEFING, "signing", "briefing_sign", Who.SIGNATORY),
    Turn(Kind.LIMITS, "waiting", "approve_limits", Who.SECOND),
    Turn(Kind.DELIVERY, "pending", "confirm_delivery", Who.DECIDER),
    Turn(Kind.DEADLINE, "province", "deadline_done", Who.DEPARTMENT),
    Turn(Kind.DEADLINE, "unit", "deadline_done", Who.PLACE),
    Turn(Kind.MONTH, "unsigned", "close_month", Who.MONITOR),
    Turn(Kind.MONTH, "reopening", "reopen_month", Who.REOPENER),
    Turn(Kind.FUNDS, "needed", "fund_need", Who.UNITS),
    Turn(Kind.FUNDS, "drafting", "fund_apply", Who.AGENCY),
    Turn(Kind.FUNDS, "returned", "fund_apply", Who.AGENCY),
    Turn(Kind.FUNDS, "submitted", "fund_review", Who.FINANCE),
    Turn(Kind.FUNDS, "approved", "fund_order", Who.FINANCE),
    Turn(Kind.FUNDS, "unpaid", "fund_paid_up", Who.UNITS),
    Turn(Kind.DEPOSIT, "undecided", "deposit_decide", Who.FINANCE),
    Turn(Kind.RECONCILING, "open", "reconcile_explain", Who.KEEPER),
    Turn(Kind.RECONCILING, "unsigned", "reconcile_sign", Who.SIDE),
    Turn(Kind.RECONCILING, "expired", "reconcile_take_back", Who.KEEPER),
    *(
        Turn(Kind.BUDGET, step, "budget_advance", Who.OFFICES)
        for step in ("draft", "first_issue", "closing", "second", "review", "check", "government", "congress")
    ),
    Turn(Kind.BUDGET, "issue", "budget_issue", Who.OFFICES),
    Turn(Kind.BUDGET, "answer", "budget_agree", Who.PLACE),
    Turn(Kind.BUDGET, "receive", "budget_receive", Who.PLACE),
    Turn(Kind.REVIEW, "uncompared", "income_compare", Who.BELOW),
    Turn(Kind.REVIEW, "reported", "income_note", Who.OFFICE),
)
BY_STAGE: Mapping[tuple[Kind, str], Turn] = {(turn.kind, turn.stage): turn for turn in TURNS}

# Step → the stages at which it may leave the matter beside those that it does not touch ("uninstructed" and "late" come
# and go with level and time).
_OPEN = frozenset({"unsigned", "own", "signed"})
_ANY_CASE = _OPEN | {"handling", "submitted", "asked"}
_ISSUE_OPEN = frozenset({"verified", "mending", "answered", "asked"})
AFTER: Mapping[Kind, Mapping[str, frozenset[str]]] = {
    Kind.CASE: {
        "sign": frozenset({"signed", "asked"}),
        "assign": frozenset({"handling", "asked"}),
        "hand_down": frozenset({"handling", "asked"}),
        "submit": frozenset({"submitted", "asked"}) | _OPEN,
        "return": frozenset({"handling", "asked"}) | _OPEN,
        "close": frozenset({"asked"}) | _OPEN,
        "remind": _ANY_CASE,
        "instruct": _ANY_CASE,
        "letter": _ANY_CASE,
        "ask": frozenset({"asked", "handling"}),
        "decide": _ANY_CASE,
        # What the system tells by itself.
        "told:open": _ANY_CASE,
        "told:refire": _ANY_CASE,
        "told:escalate": _ANY_CASE,
        "told:recover": _ANY_CASE,
        "told:cancelled": _ANY_CASE,
        "told:catch_up": _ANY_CASE,
        "told:ladder": _OPEN,
        "told:reminder": _ANY_CASE,
        "told:ack_expired": frozenset({"unsigned", "own"}),
        "told:overdue": frozenset({"handling", "asked"}),
        "told:assigned": frozenset({"handling", "asked"}),
        "told:returned": frozenset({"handling", "asked"}),
    },
    Kind.INSTRUCTION: {
        "give": frozenset({"open"}),
        "report": frozenset({"reported", "resolved"}),
        "finish": frozenset(),
    },
    Kind.ISSUE: {
        "register": frozenset({"lead"}),
        "verify": frozenset({"verified"}),
        "dismiss": frozenset(),
        "amount": _ISSUE_OPEN,
        "assign": frozenset({"mending"}),
        "answer": frozenset({"answered", "asked"}),
        "recover": _ISSUE_OPEN,
        "exclude": _ISSUE_OPEN,
        "extend": _ISSUE_OPEN,
        "study": _ISSUE_OPEN,
        "ask_close": frozenset({"asked"}),
        "close": frozenset(),
        "decline": frozenset({"verified", "mending"}),
        "reopen": frozenset({"mending"}),
    },
    Kind.GAP: {
        "register": frozenset({"lead"}),
        "assess": frozenset({"assessed"}),
        "exclude": frozenset({"lead", "assessed"}),
        "sign": frozenset({"assessed", "determined"}),
        "tell": frozenset({"told"}),
        "object": frozenset({"objected"}),
        "answer": frozenset({"assessed", "determined", "told"}),
        "settle": frozenset(),
        "withdraw": frozenset(),
    },
    Kind.BRIEFING: {
        "send": frozenset({"checking"}),
        "return": frozenset({"returned"}),
        "pass": frozenset({"signing"}),
        "sign": frozenset(),
        "drop": frozenset(),
    },
    Kind.LIMITS: {
        "waiting": frozenset({"waiting"}),
        "applied": frozenset(),
        "refused": frozenset(),
        "withdrawn": frozenset(),
    },
    Kind.DELIVERY: {"pending": frozenset({"pending"}), "confirmed": frozenset(), "declined": frozenset()},
    # A day is near or overdue by the clock until it is noted; one that is taken back is so again.
    Kind.DEADLINE: {"done": frozenset(), "taken_back": frozenset({"province", "unit"})},
    Kind.MONTH: {
        "sign": frozenset(),
        "ask": frozenset({"reopening"}),
        "withdraw": frozenset(),
        "decline": frozenset(),
        "reopen": frozenset({"unsigned"}),
    },
    Kind.FUNDS: {
        "need": frozenset({"needed", "drafting", "returned"}),
        "draft": frozenset({"needed", "drafting", "returned"}),
        "apply": frozenset({"submitted"}),
        "return": frozenset({"returned", "needed"}),
        "cut": frozenset({"submitted"}),
        "review": frozenset({"approved"}),
        "order": frozenset({"approved"}),
        "unpaid": frozenset({"unpaid"}),
        "paid_up": frozenset({"unpaid"}),
    },
    Kind.DEPOSIT: {"redeposit": frozenset(), "keep": frozenset(), "open": frozenset({"undecided"})},
    Kind.RECONCILING: {
        "sign": frozenset({"unsigned"}),
        "explain": frozenset({"open", "unsigned", "expired"}),
        "take_back": frozenset({"open"}),
    },
    # Which step comes next says the profile's procedure.
    Kind.BUDGET: {
        "open": frozenset({"draft"}),
        "figure": frozenset({"draft", "second"}),
        "driver": frozenset({"draft"}),
        "draft": frozenset({"first_issue", "review", "government"}),
        "first_issue": frozenset({"answer"}),
        "agree": frozenset({"closing"}),
        "want": frozenset({"closing"}),
        "reply": frozenset({"second"}),
        "second": frozenset({"review", "government"}),
        "review": frozenset({"check", "government"}),
        "check": frozenset({"government"}),
        "government": frozenset({"congress", "issue"}),
        "congress": frozenset({"issue"}),
        "issue": frozenset({"receive", "issue"}),
        "receive": frozenset(),
        "back": frozenset({"draft", "second"}),
    },
    Kind.REVIEW: {
        "compare": frozenset(),
        "report": frozenset({"reported"}),
        "take_back": frozenset({"uncompared"}),
        "note": frozenset(),
    },
}

# What the system tells of a case is told again to whose turn it is; the rest only moves it.
URGING = frozenset({"open", "refire", "escalate", "catch_up", "ladder", "reminder", "ack_expired", "overdue"})
