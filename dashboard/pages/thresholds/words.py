"""How limits are told: colours, scopes, dates, findings and what became of a change, in the monitors' words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from dashboard.components.parts import Child
from dashboard.site.reading import Reading
from dashboard.words import display, figures
from dashboard.words.wording import N_, _, language, name_of
from data_access.books.regions import RegionTree
from rules.alerts.condition import Gap, Observation
from rules.alerts.threshold import Level, Scope, Threshold
from rules.indicators import INDICATORS
from rules.scheme import load_scheme
from rules.violations import sides_of
from workflows.thresholds.register import ALWAYS, TRIAL, WATCH, Limit

# In the order of the list: what is supervised first.
SIDES = ("supervision", "operations", "information", "policy")
RULES = {"low": N_("偏低"), "high": N_("偏高")}
LEVELS = {
    "blue": (Level.BLUE, N_("蓝")),
    "yellow": (Level.YELLOW, N_("黄")),
    "orange": (Level.ORANGE, N_("橙")),
    "red": (Level.RED, N_("红")),
}
REGION_LEVELS = {
    "province": N_("省级"),
    "city": N_("各市"),
    "county": N_("各市区、县（市）"),
    "district": N_("市区内各区"),
}
KINDS = {"act": N_("须办理"), "watch": N_("只关注，不派任务")}
NO_DATA = {"keep": N_("保持原状"), "ok": N_("视为正常")}
ON_TRIAL = N_("系统预置，未经本省确认（试运行，不发通知）")
STEPS = {"new": N_("新设"), "change": N_("改动"), "end": N_("停用"), "confirm": N_("确认启用")}

# Where each finding is said beside the form; {last} is the last period already judged, {scale} the decimals shown.
FINDINGS: dict[str, tuple[str, str]] = {
    "E_OPERATOR": ("no_data", N_("请选择到达标准时是否预警。")),
    "E_NO_LEVELS": ("levels", N_("四个颜色至少填一个。")),
    "E_LEVEL_NAME": ("levels", N_("颜色只有蓝、黄、橙、红四种。")),
    "E_NOT_FINITE": ("levels", N_("只写数字、小数点和负号，不带单位、百分号和千位分隔符。")),
    "E_SCALE": ("levels", N_("小数最多{scale}位，与指标显示的位数一致。")),
    "E_ORDER": ("levels", N_("颜色越重，标准应越严：蓝、黄、橙、红依次递进，不能相等。")),
    "E_MARGIN_NEG": ("recover", N_("解除幅度不能为负。")),
    "E_BOTH_RECOVER": ("recover", N_("解除幅度与解除值只能填一种。")),
    "E_RECOVER_ORDER": ("recover", N_("解除值的先后应与颜色一致。")),
    "E_RECOVER_SIDE": ("recover", N_("解除值应在标准的正常一侧，可以相等。")),
    "E_FOR": ("periods", N_("应为从1起的整数。")),
    "E_RECOVER_PERIODS": ("periods", N_("应为从1起的整数。")),
    "E_STALE_AFTER": ("periods", N_("应为从1起的整数。")),
    "E_NO_DATA_POLICY": ("no_data", N_("没有数据时按某一颜色预警，该颜色须先填标准。")),
    "E_SCOPE": ("starts", N_("地区与地区级别只能选一种。")),
    "E_EFFECTIVE": ("starts", N_("失效应晚于生效。")),
    "E_PERIOD": ("starts", N_("请写成 2026-12 的样子；实时指标可写到日，如 2026-12-01。")),
    "E_RETROACTIVE": ("starts", N_("{last}及以前已经评判过。追溯生效须勾选、写明理由，并由第二人确认。")),
    "E_OVERLAP": ("starts", N_("同一范围在这段时间已有标准。")),
    "E_NOTHING": ("levels", N_("与现行标准相同，没有改动。")),
    "W_RECOVER_BEYOND": ("recover", N_("较重颜色要回落到较轻颜色的标准以内才解除，解除时会跳过一种颜色。")),
    "W_NO_DATA_OK": ("no_data", N_("缺报会被当作好转，预警可能因此解除。")),
}  # fmt: skip
PLACES = ("levels", "starts", "periods", "recover", "no_data")


def slug(indicator: str, rule: str) -> str:
    """The address of a rule below the page: ``premium-deviation-low``."""
    return f"{indicator.replace('_', '-')}-{rule}"


def of_slug(subject: str) -> tuple[str, str] | None:
    """Indicator and rule of an address; None for any other."""
    name, _dash, rule = subject.rpartition("-")
    indicator = name.replace("-", "_")
    return (indicator, rule) if rule in RULES and indicator in INDICATORS else None


def rule_name(indicator: str, rule: str, *, both: bool = True) -> str:
    """``支出进度偏差（偏高）``; the direction only where it is asked for."""
    name = name_of(INDICATORS[indicator])
    return _("{name}（{rule}）", name=name, rule=_(RULES[rule])) if both else name


def limits_words(threshold: Threshold) -> str:
    """``蓝 −1、黄 −3、橙 −5、红 −8``."""
    said = dict(LEVELS.values())
    return _("、").join(f"{_(said[limit.level])} {display.as_set(limit.at)}" for limit in threshold.limits)


def unit(indicator: str) -> str:
    """The unit limits are written in: amounts in 元, not in 亿元."""
    return _("元") if INDICATORS[indicator].unit == "yuan" else figures.unit(indicator)


def short_name(code: str) -> str:
    scheme = load_scheme(code)
    return scheme.short_name_en if language() == "en" else scheme.short_name


def told_apart(reading: Reading, code: str, among: Sequence[str]) -> str:
    """What tells a scheme's regions from those of others shown with them: its province, its fund, or both."""
    scheme = load_scheme(code)
    province = scheme.province
    beside = [load_scheme(other).province for other in among]
    said = []
    if len(set(beside)) > 1:
        said.append(name_of(reading.published.tree(scheme).region(province)))
    if beside.count(province) > 1:
        said.append(short_name(code))
    return " ".join(said)


def scope_words(tree: RegionTree, scope: Scope) -> str:
    """``各险种 · 全部地区`` or what it names."""
    scheme = _("各险种") if scope.scheme is None else short_name(scope.scheme)
    if scope.region is not None:
        place = name_of(tree.region(scope.region)) if scope.region in tree else scope.region
    elif scope.region_level is not None:
        place = _(REGION_LEVELS.get(scope.region_level, scope.region_level))
    else:
        place = _("全部地区")
    return f"{scheme} · {place}"


def status_words(row: Limit) -> str:
    if not row.enabled:
        return _("不设预警")
    if row.status == TRIAL:
        return _("试运行")
    return _("已确认，只关注") if row.kind == WATCH else _("已确认")


def period_words(period: str) -> str:
    """``2026年12月``, ``2026年12月1日`` or a minute; ``一直有效`` for the beginning of everything."""
    if period == ALWAYS:
        return _("一直有效")
    parts = re.split(r"[-T]", period)
    if len(parts) == 2:
        return display.month_name(int(parts[0]) * 100 + int(parts[1]))
    day = display.day_name(date(int(parts[0]), int(parts[1]), int(parts[2])))
    return day if len(parts) == 3 else f"{day} {parts[3]}"


def dates_words(row: Limit) -> str:
    """``2026年12月起`` or ``2026年1月起，至2026年12月前``."""
    since = _("一直有效") if row.starts == ALWAYS else _("{period}起", period=period_words(row.starts))
    return since if row.ends is None else _("{since}，至{period}前", since=since, period=period_words(row.ends))


def observation_words(
    reading: Reading, indicator: str, part: str, period: str, found: Observation | None
) -> list[Child]:
    """What the subject of the region looked at was in a period, with its unit, or why there is no value."""
    if found is None:
        return [display.NO_VALUE]
    if isinstance(found, Gap):
        return [_("未定稿") if found is Gap.NOT_DUE else _("本期无数据")]
    figure = figures.observed(reading, indicator, reading.region, part, period, found)
    return [*display.with_unit(display.printed(figure, signed=figure.unit == "points"), figure)]


def finding(code: str, parameters: Mapping[str, object]) -> str:
    """The sentence of a finding; its code where nobody worded it."""
    text = FINDINGS[code][1] if code in FINDINGS else code
    return _(text).format_map({"last": "—", "scale": "2", **parameters})


def place_name(reading: Reading, scheme: str, region: str, part: str = "") -> str:
    """A subject's region, and the source where values are kept by source."""
    tree = reading.published.tree(load_scheme(scheme))
    name = name_of(tree.region(region)) if region in tree else region
    return f"{name} · {part}" if part else name


def side_name(reading: Reading, side: str) -> str:
    """A side of 四位一体 as the scheme's document names it."""
    return name_of(sides_of(reading.scheme)[side])
