"""What the steps and states of 用款计划 are called."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.words.wording import N_, _, name_of
from data_access.books.regions import RegionTree

NAMED = 2  # places in a sentence

STEP_NAMES = {
    "need": N_("报用款需求"),
    "draft": N_("编制申请"),
    "apply": N_("提交申请"),
    "return": N_("退回修改"),
    "cut": N_("核减"),
    "review": N_("审核通过"),
    "order": N_("登记拨付单"),
    "unpaid": N_("登记未发到"),
    "paid_up": N_("登记补发"),
}
STATE_NAMES = {
    "drafting": N_("编制中"),
    "submitted": N_("待审核"),
    "returned": N_("已退回，修改中"),
    "approved": N_("已审核"),
}


def places(tree: RegionTree, codes: Sequence[str]) -> str:
    """甲县、乙县; of more than two the first and how many: 甲县、乙县等5地."""
    names = _("、").join(name_of(tree.region(code)) for code in codes[:NAMED])
    return names if len(codes) <= NAMED else _("{names}等{count}地", names=names, count=len(codes))
