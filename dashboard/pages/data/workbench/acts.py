"""What a person does on the workbench: put a file on it, decide, choose a sheet, take, put away. Nothing but taking changes
any data, and what is taken waits in the queue as every delivery does."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from flask import g

from dashboard.pages.data.workbench import decide
from dashboard.pages.data.workbench.bench import OnBench, bench
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import File, Sent, Text, Tick, Ticks, blank
from dashboard.site.site import Site
from dashboard.site.view import View, number_in
from dashboard.words.wording import N_, _
from data_access.intake.originals import ORIGINALS
from data_access.intake.workbench.drafts import Draft, change_draft, draft, drop_original, end_draft, open_draft
from rules.errors import PoolwatchError, StaleRow
from workflows.people.accounts import Role
from workflows.people.rights import WORKING

MEMBERS = WORKING | {Role.SYSTEM_ADMIN}
MOST_SAID = 300
LARGEST_MB = 64
PATH = "/data"
TAB = "workbench"


# What a name of a mapping does not take.
_KIND = re.compile(r"[^\w（）()·\-]+|[0-9]+")


class NotTaken(PoolwatchError):
    """What still stands in the way of taking a file: ``said``, a sentence each."""

    code = "not_taken"


FILE = File("file", N_("文件"), most_mb=LARGEST_MB)
SHEET = blank(Text("sheet", N_("工作表"), most=120))
DRAFT = Text("draft", N_("文件"), hidden=True, kept=False)
EXPLANATION = blank(Text("explanation", N_("差额说明"), most=MOST_SAID, placeholder=N_("合计对不上时，一句话说明原因")))
REASON = blank(Text("reason", N_("更正理由"), most=MOST_SAID, placeholder=N_("与已有数据不同时填写")))
REMEMBER = Tick("remember", N_("记住这种表"))
LIKE = Tick("like", N_("可能重复的行已核对，照收"))
WITHOUT = Ticks("without", N_("不取"), required=False)


def number_of(view: View) -> int | None:
    """The file on the workbench that an address names; None where it names none."""
    return number_in(view.measure) if view.tab == TAB else None


def href(view: View, number: int | None = None) -> str:
    """The workbench, with a file on it or none."""
    there = replace(View(PATH), scheme=view.scheme, region=view.region, period=view.period)
    return there.href(tab=TAB, measure="" if number is None else str(number))


@dataclass(frozen=True, slots=True)
class _Opened:
    name: str
    digest: str
    content: bytes


def _read(_site: Site, sent: Sent) -> _Opened:
    """Parse and keep the file that was sent, before any transaction. Raises FieldProblem, NotReadable."""
    name, content = FILE.read(sent)
    return _Opened(name, bench().keep(content), content)


@act("open_on_workbench", N_("放上工作台"), MEMBERS, (FILE,), before=_read)
def open_file(deed: Deed) -> Done:
    """Put a file on the workbench. Raises NotReadable."""
    opened: _Opened = deed.prepared
    here = bench()
    mapping = here.first_mapping(here.book(opened.digest), deed.reading.scheme.code)
    number = open_draft(deed.connection, deed.account.login, opened.name, opened.digest, mapping, deed.now)
    return Done(_("已放上工作台。"), str(number), {"file": opened.name}, href=href(deed.reading.view, number))


def _draft(deed: Deed) -> Draft:
    """The file that the view names, unchanged since the form was shown. Raises NoSuchDraft, StaleRow."""
    found = draft(deed.connection, number_of(deed.reading.view) or 0, deed.account.login)
    if deed.sent.text(decide.VERSION.name) != str(found.version):
        raise StaleRow(f"draft {found.id} is at version {found.version}")
    return found


@act("decide_on_workbench", N_("按此重读"), MEMBERS, decide.FIELDS)
def decide_file(deed: Deed) -> Done:
    """Read a file as a person says that it is meant. Raises NoSuchDraft, StaleRow."""
    was = _draft(deed)
    mapping = decide.mapping_from(was.mapping, deed)
    change_draft(deed.connection, was, deed.now, sheet=was.sheet, mapping=mapping, left_out=was.left_out)
    return Done(_("已按新的对应重读。"), str(was.id), href=deed.reading.view.href())


@act("choose_sheet", N_("换一张表"), MEMBERS, (SHEET, decide.VERSION))
def choose_sheet(deed: Deed) -> Done:
    """Read one sheet alone, or every one with a table. Raises NoSuchDraft, StaleRow."""
    was = _draft(deed)
    change_draft(deed.connection, was, deed.now, sheet=deed[SHEET], mapping=was.mapping)
    return Done(_("已换表。"), str(was.id), href=href(deed.reading.view, was.id))


@act("leave_out_rows", N_("勾选的行不取"), MEMBERS, (WITHOUT, decide.VERSION))
def leave_out_rows(deed: Deed) -> Done:
    """Take some of the rows that are likely there already not. Raises NoSuchDraft, StaleRow."""
    was = _draft(deed)
    ticked: list[str] = deed[WITHOUT]
    cells = frozenset(ticked)
    change_draft(deed.connection, was, deed.now, sheet=was.sheet, mapping=was.mapping, left_out=cells)
    return Done(_("勾选的行不取。"), str(was.id), href=deed.reading.view.href())


@act("put_away", N_("拿下工作台"), MEMBERS, (decide.VERSION,))
def put_away(deed: Deed) -> Done:
    """Clear a file from the workbench; its original goes too, where nothing rests on it. Raises NoSuchDraft."""
    was = _draft(deed)
    end_draft(deed.connection, was)
    drop_original(deed.connection, deed.site.var / ORIGINALS, was.sha256)
    return Done(_("已拿下，没有改动任何数据。"), str(was.id), {"file": was.origin}, href=href(deed.reading.view))


def in_the_way(on: OnBench, explained: bool, reasoned: bool, looked: bool) -> list[str]:
    """What must be done before a file can be taken, a sentence each; nothing where it can."""
    examined = on.examined
    said: list[str] = []
    if not examined.cells:
        return [_("没有读出数据。")]
    if not examined.target:
        said.append(_("还不知道归入哪张表，请在“对应”里选。"))
    elif examined.allowance is None:
        said.append(_("这张表不由您的账户报送。"))
    if asked := sum(len(offer.questions) for offer in examined.previewed.offers):
        said.append(_("还有{count}处要先说明，见“对应”。", count=asked))
    if refused := (examined.count("refused") or len(examined.refused)):
        said.append(_("有{count}处不合格，请改好原表再来，或请报送单位改。", count=refused))
    if any(not one.agrees for offer in examined.previewed.offers for one in offer.sums) and not explained:
        said.append(_("合计对不上，请写一句差额说明。"))
    if differs := examined.count("differs"):
        if examined.target == "ledger_entry":
            said.append(_("有{count}行与已入账的不同：账目不改，请用红字冲销后重记。", count=differs))
        elif not reasoned:
            said.append(_("有{count}行与已有数据不同，请写更正理由。", count=differs))
    if (like := examined.count("like")) and not looked:
        said.append(_("有{count}行可能重复，请核对后勾选照收或不取。", count=like))
    if examined.states and not examined.count("new") + examined.count("like") + examined.count("differs"):
        said.append(_("没有新的行，不用再收。"))
    return said


@dataclass(frozen=True, slots=True)
class _Taken:
    number: int
    on: OnBench


def _take(_site: Site, sent: Sent) -> _Taken:
    """Check that nothing stands in the way and put the file into the queue, before the act's own transaction.

    Raises NotTaken, NoSuchDraft, StaleRow and the refusals of the queue.
    """
    from data_access.intake.queue import Given, enqueue

    here = bench()
    on = here.look(number_in(sent.text(DRAFT.name)) or 0)
    if sent.text(decide.VERSION.name) != str(on.draft.version):
        raise StaleRow(f"draft {on.draft.id} is at version {on.draft.version}")
    explanation, reason = EXPLANATION.read(sent), REASON.read(sent)
    if said := in_the_way(on, bool(explanation), bool(reason), LIKE.read(sent)):
        raise NotTaken("; ".join(said), said=" ".join(said))
    allowance = on.examined.allowance
    assert allowance is not None
    given = Given(
        on.examined.target,
        str(g.account.login),
        reason=reason if on.examined.count("differs") else None,
        sheet=on.draft.sheet,
        mapping=on.draft.mapping.as_yaml(),
        explanation=explanation,
        province=allowance.province,
        left_out=tuple(sorted(on.draft.left_out)),
    )
    originals = here.site.var / ORIGINALS
    content = here.content(on.draft.sha256)
    number = enqueue(here.site.engine, originals, content, on.draft.origin, given, here.site.written_at())
    return _Taken(number, on)


def _remember(on: OnBench, deed: Deed) -> None:
    """Keep the mapping for the next table of this kind, at every door: by its name of before, or by the file's."""
    from data_access.intake.workbench.saved import save

    tables = [offer.found for offer in on.examined.previewed.offers if offer.rows]
    name = on.draft.mapping.name or f"{_KIND.sub(' ', Path(on.draft.origin).stem).strip()[:40]} {on.draft.id}".strip()
    save(bench().mappings, name, on.draft.mapping, tables, deed.account.login, deed.now)


@act(
    "take_from_workbench",
    N_("收下"),
    MEMBERS,
    (EXPLANATION, REASON, LIKE, REMEMBER, DRAFT, decide.VERSION),
    before=_take,
)
def take_file(deed: Deed) -> Done:
    """Give a file in as it was mapped. Raises NotTaken and the refusals of the queue."""
    taken: _Taken = deed.prepared
    end_draft(deed.connection, taken.on.draft)
    if deed[REMEMBER]:
        _remember(taken.on, deed)
    there = View(PATH, scheme=deed.reading.view.scheme, region=deed.reading.view.region)
    where = there.href(tab="imports", item=f"batch-{taken.number}")
    return Done(_("已收下，正在入库。"), str(taken.number), {"file": taken.on.draft.origin}, href=where, refresh=True)


ACTS = (open_file, decide_file, choose_sheet, leave_out_rows, put_away, take_file)
