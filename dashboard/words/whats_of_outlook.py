"""Figures of the long-run projection: see :mod:`dashboard.words.whats`. The part is the projection: its variant, ``mid.original``
without the retirement reform, ``mid@adjustment`` under a shock."""

from __future__ import annotations

from dashboard.words.what import What
from dashboard.words.wording import N_

OF_OUTLOOK: dict[str, What] = {
    "outlook.exhausted": What(N_("测算用尽年份"), "year", 0),
    "outlook.left": What(N_("到用尽还有"), "years", 1),
    "outlook.later": What(N_("延迟退休推后用尽"), "years", 1),
    "outlook.sooner": What(N_("提前用尽"), "years", 1),
    "outlook.from_mid": What(N_("用尽较中方案"), "years", 1),
    "outlook.rate": What(N_("现行平均费率"), "percent"),
    "outlook.balanced_rate": What(N_("平衡费率"), "percent"),
    "outlook.rate_gap": What(N_("平衡费率高于现行"), "points"),
    "outlook.support": What(N_("抚养比"), "ratio"),
    "outlook.contributors": What(N_("测算年末缴费人数"), "10k persons", 1),
    "outlook.retirees": What(N_("测算年末领取人数"), "10k persons", 1),
    "outlook.months_payable": What(N_("测算年末可支付月数"), "months", 1),
    "outlook.opening": What(N_("测算年初结余")),
    "outlook.income": What(N_("测算收入（不含利息）")),
    "outlook.interest": What(N_("测算利息")),
    "outlook.expenditure": What(N_("测算支出")),
    "outlook.result": What(N_("测算当年收支")),
    "outlook.closing": What(N_("测算年末结余")),
    "outlook.shortfall": What(N_("累计缺口（当年价）")),
    "outlook.shortfall_worth": What(N_("累计缺口现值")),
    "outlook.discount": What(N_("折现率"), "percent"),
    # the first year projected beside the ledger; the part is the side
    "outlook.booked": What(N_("按账全年预计（不含利息）")),
    "outlook.off": What(N_("测算较按账预计"), "percent"),
    # projected from an earlier year, beside what came
    "outlook.backtest": What(N_("回测年末结余")),
    "outlook.backtest_actual": What(N_("回测年末实际结余")),
    "outlook.backtest_off": What(N_("回测误差"), "percent"),
    "outlook.collection": What(N_("反推征缴率"), "percent"),
    "outlook.collection_less": What(N_("反推征缴率降低"), "points"),
    # how large a change uses the fund up; the part is what changes
    "outlook.reverse_points": What(N_("反推幅度"), "points"),
    "outlook.reverse_share": What(N_("反推幅度（占比）"), "percent"),
    # a scenario beside the base
    "outlook.against.exhausted": What(N_("用尽较基准"), "years", 1),
    "outlook.against.rate": What(N_("平衡费率较基准"), "points"),
    "outlook.against.support": What(N_("抚养比较基准"), "ratio"),
    "outlook.against.months": What(N_("可支付月数较基准"), "months", 1),
    "outlook.against.shortfall": What(N_("累计缺口现值较基准")),
    "outlook.against.closing": What(N_("年末结余较基准")),
    # of the work injury
    "outlook.reserve": What(N_("测算储备金规模")),
    "outlook.reserve_addition": What(N_("测算增提储备金")),
    "outlook.wage_base": What(N_("测算缴费工资总额")),
    "outlook.other_income": What(N_("测算其他收入（含利息）")),
    "outlook.break_even_rate": What(N_("测算收支平衡费率"), "percent", 3),
}
