"""试算: what a limit would have warned of in 24 months, beside the limit in force, for every region of its scope.

Computed while someone types, so histories and trials are kept in memory; nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.level import SHORT, level_tag
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.thresholds import words as words
from dashboard.pages.thresholds.strip import legend, strip
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _
from data_access.books.regions import RegionTree
from rules.alerts.input import Field, read_threshold
from rules.alerts.threshold import Level, Scope, Threshold
from rules.alerts.trial import Total, Trial, total_of, try_threshold
from rules.calendar import months_before
from rules.errors import InputError
from rules.indicators import INDICATORS
from rules.month import Month
from rules.scheme import load_scheme
from workflows.thresholds.register import NewLimit, Register
from workflows.warnings.histories import History, histories
from workflows.warnings.observations import Key

MONTHS = 24
SHOWN = 20
KEPT = 48
RISES = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """One subject under the limit in force (None: it has none) and under the one tried (None: it would have none)."""

    scheme: str
    region: str
    part: str
    present: Trial | None
    wanted: Trial | None

    @property
    def differs(self) -> bool:
        return _looks(self.present) != _looks(self.wanted)

    @property
    def quiet(self) -> bool:
        return all(trial is None or trial.quiet for trial in (self.present, self.wanted))


def _looks(trial: Trial | None) -> object:
    return None if trial is None else trial.stands


@dataclass(frozen=True, slots=True)
class Comparison:
    """The trial of a scope. ``own`` counts subjects of the scope for which a more specific limit decides; ``periods``
    the months looked at (of live indicators the updates)."""

    pairs: tuple[Pair, ...]
    present: Total
    wanted: Total
    own: int
    periods: int
    unlimited: bool

    @property
    def details(self) -> dict[str, object]:
        """What the audit keeps of a trial: both totals, and when each region would have been warned of."""
        rises = {
            f"{pair.scheme} {pair.region} {pair.part}".strip(): [
                [period, level.code] for period, level in pair.wanted.rises
            ]
            for pair in self.pairs
            if pair.wanted is not None and pair.wanted.rises
        }
        return {"months": self.periods, "wanted": _told(self.wanted), "present": _told(self.present), "rises": rises}


def _told(total: Total) -> dict[str, object]:
    return {
        "subjects": total.subjects,
        "warnings": total.opens,
        "red": total.reds,
        "periods_alerting": total.periods_alerting,
        "periods_missing": total.periods_missing,
        "now": {level.code: count for level, count in total.now.items()},
    }


# --- computing


def compare(reading: Reading, register: Register, new: NewLimit, rule: str) -> Comparison | None:
    """The limit ``new`` on the histories of its scope; None where there is no history. Raises InputError for a limit
    that cannot be judged by."""
    threshold = read_threshold(Field(dict(new.spec))) if new.enabled else None
    pairs: list[Pair] = []
    own = periods = 0
    unlimited = False
    every = histories(reading.published, schemes_of(reading, new.scope), str(new.scope.indicator))
    for scheme, known in every.items():
        if known.last is None:
            continue
        span = _span(str(new.scope.indicator), known)
        periods = max(periods, _count(known, span))
        tree = reading.published.tree(load_scheme(scheme))
        mine, elsewhere = _subjects(register, known, tree, scheme, new, rule)
        own += elsewhere
        unlimited = unlimited or None in mine.values()
        before = _trials_of(known, mine, span)
        after = _trials_of(known, dict.fromkeys(mine, threshold), span)
        pairs += [Pair(scheme, key[1], key[2], before.get(key), after.get(key)) for key in mine]
    if not periods:
        return None
    present = total_of(pair.present for pair in pairs if pair.present is not None)
    wanted = total_of(pair.wanted for pair in pairs if pair.wanted is not None)
    return Comparison(tuple(pairs), present, wanted, own, periods, unlimited)


def schemes_of(reading: Reading, scope: Scope) -> list[str]:
    """Ledgers that a scope reaches and the reader sees whole."""
    open_to = [
        entry.scheme
        for entry in reading.published.schemes
        if entry.scheme.kind == "ledger"
        and reading.scope.covers(reading.published.tree(entry.scheme), entry.scheme.province)
    ]
    return [scheme.code for scheme in open_to if scope.scheme in (None, scheme.code)]


def _subjects(
    register: Register, known: History, tree: RegionTree, scheme: str, new: NewLimit, rule: str
) -> tuple[dict[Key, Threshold | None], int]:
    """The subjects for which the new limit would decide, each with its limit in force when the new one begins; and how
    many of the scope have a limit of their own."""
    mine: dict[Key, Threshold | None] = {}
    elsewhere = 0
    for key in known.series:
        indicator, region, _part = key
        if region not in tree or tree.region(region).level not in INDICATORS[indicator].levels:
            continue
        subject = Scope(indicator, scheme, tree.region(region).level, region)
        if not new.scope.matches(subject):
            continue
        winner = register.resolve(subject, rule, new.starts).winner
        if winner is not None and winner.scope.score > new.scope.score:
            elsewhere += 1
            continue
        row = register.deciding(subject, rule, new.starts)
        mine[key] = None if row is None else row.threshold
    return mine, elsewhere


def _span(indicator: str, known: History) -> tuple[str, str]:
    """The 24 months up to the last final one; of live indicators up to now."""
    if INDICATORS[indicator].period == "live" or not known.final:
        last = str(known.last)[:7]
        ends = str(known.last)
    else:
        last = ends = max(known.final)
    month = months_before(int(last.replace("-", "")), MONTHS - 1)
    return Month(month).iso, ends


def _count(known: History, span: tuple[str, str]) -> int:
    longest = max(known.series.values(), key=len)
    return sum(1 for period, _value in longest if span[0] <= period <= span[1])


def _trials_of(known: History, limits: Mapping[Key, Threshold | None], span: tuple[str, str]) -> dict[Key, Trial]:
    """Each subject's trial under its limit, kept by limit: a number typed twice is tried once."""
    by_limit: dict[Threshold, list[Key]] = {}
    for key, threshold in limits.items():
        if threshold is not None:
            by_limit.setdefault(threshold, []).append(key)
    found: dict[Key, Trial] = {}
    for threshold, keys in by_limit.items():
        found |= _tried(known, threshold, tuple(sorted(keys)), span)
    return found


@lru_cache(maxsize=KEPT)
def _tried(known: History, threshold: Threshold, keys: tuple[Key, ...], span: tuple[str, str]) -> dict[Key, Trial]:
    return {key: try_threshold(known.series[key], threshold, *span) for key in keys}


# --- showing


def panel(reading: Reading, register: Register, new: NewLimit | None, rule: str) -> Component:
    """The trial beside the form; ``new`` None while what is written cannot be tried yet."""
    try:
        found = None if new is None else compare(reading, register, new, rule)
    except InputError:
        new = found = None
    if new is None:
        return parts.message(
            _("标准值填好并前后相符后，这里立即试算。"), _("试算只读历史数据，不保存，也不通知任何人。")
        )
    if found is None:
        return parts.message(_("没有可以试算的历史。"), _("这项指标在所选范围内还没有数值。"))
    live = INDICATORS[str(new.scope.indicator)].period == "live"
    content: list[Child] = [html.P(_headline(found, live), className="trial-said"), _totals(found, live)]
    notes = _notes(found)
    if notes:
        content.append(html.Div([html.Div(note) for note in notes], className="foot"))
    content.append(_regions(reading, found, live))
    return html.Div(content)


def _headline(found: Comparison, live: bool) -> list[Child]:
    span = (
        _("试算：最近{count}次数据更新", count=found.periods)
        if live
        else _("试算：过去{count}个月", count=found.periods)
    )
    said = [
        span,
        *sentence(
            N_("会预警{count}次，其中红色{red}次"),
            count=Strong(str(found.wanted.opens)),
            red=Strong(str(found.wanted.reds)),
        ),
    ]
    if found.unlimited and not found.present.subjects:
        return [*said, _("；现在未设预警标准。")]
    return [
        *said,
        *sentence(
            N_("；按现行标准{count}次，其中红色{red}次。"), count=str(found.present.opens), red=str(found.present.reds)
        ),
    ]


def _totals(found: Comparison, live: bool) -> Component:
    columns = (Column("what", ""), Column("present", _("现行标准"), "count"), Column("wanted", _("拟用标准"), "count"))
    before, after = found.present, found.wanted
    unit = _("地区·次") if live else _("地区·月")
    lines = [
        (_("预警（次）"), before.opens, after.opens),
        (_("其中红色（次）"), before.reds, after.reds),
        (_("升级（次）"), before.escalations, after.escalations),
        (_("处于预警（{unit}）", unit=unit), before.periods_alerting, after.periods_alerting),
        (_("没有数据（{unit}）", unit=unit), before.periods_missing, after.periods_missing),
        (_("参加试算的地区"), before.subjects, after.subjects),
    ]
    rows = [Row({"what": what, "present": one, "wanted": other}) for what, one, other in lines]
    rows.append(
        Row({"what": _("现在所处颜色")}, extra={"present": _tags(before), "wanted": _tags(after)}, style="total")
    )
    table = Table("trial", _("试算"), columns, rows)
    return html.Div(html_table(table), className="trial-totals")


def _tags(total: Total) -> Component:
    if not total.now:
        return html.Span(_("均正常") if total.subjects else _("无"), className="muted")
    return html.Span(
        [level_tag(level, total.now[level]) for level in sorted(total.now, reverse=True)], className="tags"
    )


def _notes(found: Comparison) -> list[str]:
    said = []
    if found.own:
        said.append(_("另有{count}个地区有自己的标准，不受这次改动影响。", count=found.own))
    if found.wanted.subjects_missing:
        said.append(
            _("{count}个地区有缺数的期次，缺数不等于没有问题，已单独标出。", count=found.wanted.subjects_missing)
        )
    return said


def _regions(reading: Reading, found: Comparison, live: bool) -> Component:
    told = [pair for pair in found.pairs if not pair.quiet]
    told.sort(key=_weight)
    shown, schemes = told[:SHOWN], sorted({pair.scheme for pair in found.pairs})
    columns = [
        Column("region", _("地区")),
        Column("present", _("现行标准")),
        Column("wanted", _("拟用标准")),
        Column("count", _("次数"), "text"),
        Column("when", _("拟用标准预警于")),
    ]
    rows = [_pair_row(reading, pair, schemes) for pair in shown]
    span = _("每格一次更新") if live else _("每格一个月，左旧右新")
    foot = []
    if len(told) > len(shown):
        foot.append(_("另有{count}个地区有预警或缺数，未列出。", count=len(told) - len(shown)))
    quiet = len(found.pairs) - len(told)
    if quiet:
        foot.append(_("其余{count}个地区在两种标准下都没有预警，数据齐全。", count=quiet))
    body = html.Div(html_table(Table("trial-regions", _("分地区"), columns, rows)), className="scroll") if rows else ""
    return parts.section(_("分地区"), body, note=span, actions=[legend()], foot=" ".join(foot))


def _weight(pair: Pair) -> tuple[object, ...]:
    now = Level.NONE if pair.wanted is None else pair.wanted.level
    many = 0 if pair.wanted is None else pair.wanted.counts.periods_alerting
    return (not pair.differs, -now, -many, pair.scheme, pair.region, pair.part)


def _pair_row(reading: Reading, pair: Pair, schemes: Sequence[str]) -> Row:
    name = words.place_name(reading, pair.scheme, pair.region, pair.part)
    if told_apart := words.told_apart(reading, pair.scheme, schemes):
        name = f"{name} · {told_apart}"
    extra: dict[str, Child] = {"present": strip(pair.present), "wanted": strip(pair.wanted)}
    counts = [0 if t is None else t.counts.opens + t.counts.carried_in for t in (pair.present, pair.wanted)]
    return Row(
        {
            "region": name,
            "present": "",
            "wanted": "",
            "count": str(counts[0]) if counts[0] == counts[1] else f"{counts[0]} → {counts[1]}",
            "when": _when(pair.wanted),
        },
        extra=extra,
    )


def _when(trial: Trial | None) -> str:
    """The dates on which a subject would have been warned of, the newest first."""
    if trial is None:
        return _("不设预警")
    if not trial.rises:
        return _("期初已在预警") if trial.counts.carried_in else (_("没有预警，有缺数") if not trial.quiet else "")
    newest = [f"{words.period_words(period)} {_(SHORT[level])}" for period, level in trial.rises[: -RISES - 1 : -1]]
    more = len(trial.rises) - len(newest)
    return _("、").join(newest) + (_(" 等{count}次", count=len(trial.rises)) if more > 0 else "")
