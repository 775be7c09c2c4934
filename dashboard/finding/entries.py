"""What can be found: pages, acts, cases, problems, documents, indicators, items and regions, each open to the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dashboard.finding.spelling import spelled
from dashboard.pages.briefings import issue_acts
from dashboard.pages.briefings.reading import issues as briefings
from dashboard.pages.gap import acts as gap_acts
from dashboard.pages.gap.reading import who_pays
from dashboard.pages.issues import acts as issue_register
from dashboard.pages.issues.reading import listed
from dashboard.pages.warnings import acts as case_acts, words
from dashboard.pages.warnings.work import Matter, matters
from dashboard.site.reading import Reading
from dashboard.site.view import View
from dashboard.words.wording import N_, _, language, name_of
from rules.execution_form import LABELS
from rules.indicators import INDICATORS
from workflows.people import rights

PAGES = (
    ("/", N_("总览")),
    ("/region", N_("本地概况")),
    ("/warnings", N_("预警督办")),
    ("/issues", N_("问题台账")),
    ("/thresholds", N_("预警规则")),
    ("/budget", N_("预算执行")),
    ("/funds", N_("资金运行")),
    ("/gap", N_("缺口分担")),
    ("/central", N_("中央调剂")),
    ("/outlook", N_("中长期测算")),
    ("/assessment", N_("考核评估")),
    ("/briefings", N_("简报材料")),
    ("/one-page", N_("会前一页纸")),
    ("/data", N_("数据接入")),
    ("/calendar", N_("法定日历")),
    ("/messages", N_("消息")),
    ("/admin", N_("系统管理")),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: its text, of what kind it is, where it leads; ``also`` is what it is found by besides, in small letters."""

    text: str
    kind: str
    href: str
    also: str = ""


def entries(home: Reading, view: View) -> list[Entry]:
    """Everything that a reader may open, of all the places they see; links keep the region and period looked at."""

    def may(path: str) -> bool:
        return rights.may_open(home.scope, path)

    ledger = home.scheme.kind == "ledger" and home.has_months
    cases = matters(home) if ledger and may("/warnings") else []
    found = [Entry(_(name), _("页面"), view.page_href(path)) for path, name in PAGES if may(path)]
    if ledger:
        parts: tuple[tuple[str, Callable[[], Iterator[Entry]]], ...] = (
            ("/warnings", lambda: _acts(home, view, cases)),
            ("/warnings", lambda: _cases(home, view, cases)),
            ("/issues", lambda: _problems(home, view)),
            ("/gap", lambda: _gap(home, view)),
            ("/briefings", lambda: _briefings(home, view)),
            ("/region", lambda: _indicators(view)),
            ("/budget", lambda: _items(home, view)),
        )
        found += [one for path, part in parts if may(path) for one in part()]
    if may("/region"):
        found += _regions(home, view)
    return found


def _entry(text: str, kind: str, href: str, *also: str | None) -> Entry:
    """An entry that is found by its Chinese, too, in whatever language it is shown."""
    words = [one for text in (text, *also) if text for one in (text, spelled(text))]
    return Entry(text, kind, href, " ".join(words).lower())


def _acts(home: Reading, view: View, cases: Sequence[Matter]) -> Iterator[Entry]:
    """What the reader may do, by the words for it: 催办 连云港."""
    kind = _("操作")
    counted: dict[str, int] = {}
    for case in cases:
        for code in home.tree.path(case.region):
            counted[code] = counted.get(code, 0) + 1
    for act, text in ((case_acts.remind, N_("催办 {region}")), (case_acts.instruct, N_("批示 {region}"))):
        for code, count in counted.items():
            if act.open_to(home, code):
                region = home.tree.region(code)
                shown = f"{_(text, region=name_of(region))}{_('（{count}项）', count=count)}"
                href = View("/warnings", view.scheme, code).href()
                yield _entry(shown, kind, href, text.replace("{region}", region.name))
    for one, text, path, item in (
        (issue_register.register, N_("登记问题"), "/issues", "new"),
        (gap_acts.register, N_("登记管理性缺口线索"), "/gap", "new"),
        (issue_acts.open_issue, N_("起草新一期"), "/briefings", ""),
    ):
        if rights.may_open(home.scope, path) and one.open_to(home):
            yield _entry(_(text), kind, View(path, view.scheme, item=item).href(), text)


def _cases(home: Reading, view: View, cases: Sequence[Matter]) -> Iterator[Entry]:
    for case in cases:
        subject = case.lead.subject
        text = f"{case.number} {words.place(home, subject)} {words.title(subject)}"
        href = View(f"/warnings/{case.number}", view.scheme).href()
        yield _entry(text, _("预警事项"), href, home.tree.region(subject.region).name)


def _problems(home: Reading, view: View) -> Iterator[Entry]:
    for one in listed(home):
        text = f"{one.ref} {name_of(home.tree.region(one.region))} {one.title}"
        yield _entry(text, _("问题台账"), View(f"/issues/{one.ref.lower()}", view.scheme).href())


def _gap(home: Reading, view: View) -> Iterator[Entry]:
    """Items of the gap by number, and the documents in which they were told or paid."""
    found = who_pays(home)
    for item in found.listed:
        region = home.tree.region(item.region)
        href = View("/gap", view.scheme, item=item.number).href()
        documents = [step.document for step in item.steps if step.document]
        yield _entry(f"{item.number} {name_of(region)}", _("管理性缺口"), href, region.name, *documents)
        yield from (Entry(document, _("文号"), href) for document in dict.fromkeys(documents))


def _briefings(home: Reading, view: View) -> Iterator[Entry]:
    for one in briefings(home):
        href = View(f"/briefings/{one.id}", view.scheme).href()
        yield _entry(one.title, _("简报"), href, one.document_number)
        if one.document_number:
            yield Entry(one.document_number, _("文号"), href)


def _indicators(view: View) -> Iterator[Entry]:
    for code, one in INDICATORS.items():
        there = View("/region", view.scheme, view.region, view.period, item=code)
        yield _entry(name_of(one), _("指标"), there.href(), one.name)


def _items(home: Reading, view: View) -> Iterator[Entry]:
    labels = {one.code: (name_of(one), one.name) for one in home.scheme.items}
    at = 1 if language() == "en" else 0
    lines = {code: (label[at], label[0]) for code, label in LABELS.items()}
    for code, (shown, chinese) in (lines | labels).items():
        there = View("/budget", view.scheme, view.region, view.period, item=code)
        yield _entry(shown, _("预算科目"), there.href(), chinese)
    rows = home.snapshot.plans.rows.items()
    seen = {
        plan.approval_ref
        for (_year, region, _item), plans in rows
        if home.scope.covers(home.tree, region)
        for plan in plans
    }
    yield from (Entry(one, _("文号"), View("/budget", view.scheme).href()) for one in sorted(seen))


def _regions(home: Reading, view: View) -> Iterator[Entry]:
    for code in home.tree.codes:
        region = home.tree.region(code)
        if home.scope.covers(home.tree, code) and region.exists_on(home.today):
            above = home.tree.parent(code)
            kind = name_of(home.tree.region(above)) if above else _("地区")
            yield _entry(name_of(region), kind, view.region_href(code), region.name)
