"""导入工作台 on screen: conclusion, four steps, 原表 beside 读成, what was checked, and the row of what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.components import forms, frame, parts
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, Strong, sentence
from dashboard.pages.data import imports
from dashboard.pages.data.workbench import acts, checks, decide, rows, sheet as sheets
from dashboard.pages.data.workbench.bench import NotReadable, OnBench, bench
from dashboard.site.act import Layout, Part, Values
from dashboard.site.reading import Reading
from dashboard.site.view import number_in
from dashboard.words import display
from dashboard.words.problems import column_name, problem_text, table_name
from dashboard.words.wording import N_, _
from data_access.intake.importers.history import batches
from data_access.intake.workbench.drafts import NoSuchDraft, drafts_of

if TYPE_CHECKING:
    from data_access.intake.workbench.agreement import Sum
    from data_access.intake.workbench.examine import State
    from data_access.intake.workbench.offer import Offer
    from data_access.intake.workbench.reading import Guess

PATH = "/data"
SHOWN_SUMS = 4
SHOWN_REASONS = 6
SHOWN_LIKE = 100
LAST_BATCHES = 3
SHOWN_GUESSES = 6


def show(reading: Reading) -> Component:
    if not acts.open_file.open_to(reading):
        return parts.message(
            _("您的账户不能上传文件。"), _("数据由省级各部门按约定报送；需要更正时，请联系数据报送部门。")
        )
    number = acts.number_of(reading.view)
    if number is None:
        return _empty(reading)
    try:
        on = bench().look(number)
    except NoSuchDraft as problem:
        return parts.message(_("这里无法显示。"), problem_text(problem), [_back(reading)])
    except NotReadable as problem:
        return parts.message(_("文件读不了。"), problem_text(problem), [_back(reading)])
    return html.Div(_bench(reading, on), className="workbench")


def _back(reading: Reading) -> Component:
    return html.A(_("回到工作台"), href=acts.href(reading.view), className="button")


# --- nothing on it


def _empty(reading: Reading) -> Component:
    """A place to put a file; the files that lie there, and the last that were taken."""
    form = acts.open_file.form(reading, button=_("放上工作台"))
    note = _("XLSX、XLS、ODS、CSV、HTML 表、Parquet，不超过 {limit} MB", limit=acts.LARGEST_MB)
    give = parts.section(_("拖入文件或选择文件，原件不改动"), html.Div(form, className="put"), note=note)
    mine = reading.ask(drafts_of, str(g.account.login))
    lines: list[Component] = [
        html.Li([html.A(name, href=acts.href(reading.view, number)), html.Small(display.moment(changed))])
        for number, name, changed in mine
    ]
    lying = parts.section(
        _("工作台上"),
        html.Ul(lines, className="reasons") if lines else html.Div(_("没有文件。"), className="foot"),
        note=_("只有您看得见，收下以前不改动任何数据"),
    )
    taken = [
        html.Li([html.A(one.origin, href=imports.batch_href(reading, one)), html.Small(display.moment(one.started_at))])
        for one in reading.ask(batches, imports.seen(reading), limit=LAST_BATCHES)
    ]
    last = parts.section(
        _("最近的批次"),
        html.Ul(taken, className="reasons") if taken else html.Div(_("还没有导入批次。"), className="foot"),
    )
    first = _("把单位日常的报表原样放上来，认出表、对上列、核过数，再收下。")
    second = _("不用改成模板；标题、单位行、合计、附注会被认出来，合计用来核对，不入账。")
    return html.Div(
        [parts.conclusion(first, second), give, html.Div([lying, last], className="split even")], className="workbench"
    )


# --- a file on it


def _bench(reading: Reading, on: OnBench) -> list[Component]:
    offers = on.examined.previewed.offers
    top = parts.conclusion(_conclusion(on), _second(on), _actions(reading, on, offers))
    if not offers:
        text = _("没有找到一行表头下面有数的表。可以换一张表，或换文件。")
        return [top, parts.message(_("没有找到表。"), text, [_back(reading)])]
    shown = offers[min(number_in(reading.view.sort) or 0, len(offers) - 1)]
    halves = html.Div([_original(reading, on, shown), _read_as(reading, on)], className="halves")
    tested = html.Div([checks.totals(shown, offers), checks.beside(on)], className="halves checks")
    return [
        top,
        _steps(on),
        _mapping(reading, on),
        halves,
        tested,
        checks.refusals(on),
        checks.likely(reading, on),
        _foot(reading, on),
    ]


def _sums(on: OnBench) -> tuple[list[Sum], list[Sum]]:
    """The totals that agree, and those that do not."""
    every = [one for offer in on.examined.previewed.offers for one in offer.sums]
    return [one for one in every if one.agrees], [one for one in every if not one.agrees]


def _count(number: int) -> Strong:
    return Strong(display.number(number, 0))


def _conclusion(on: OnBench) -> list[Child]:
    examined, name = on.examined, on.draft.origin
    if not examined.cells:
        return sentence(N_("{name}没有读出数据。"), name=name)
    said = sentence(N_("{name}读出{count}行"), name=name, count=_count(len(examined.cells)))
    agree, wrong = _sums(on)
    if agree:
        said += sentence(N_("，表内合计{count}项一致"), count=_count(len(agree)))
    if wrong:
        said += sentence(N_("，{count}项对不上"), count=_count(len(wrong)))
    if examined.target and examined.allowance is None:
        return [*said, _("；这张表不由您的账户报送。")]
    if not examined.states:
        return [*said, _("；还有要先说明的，才能与已有数据核对。")]
    differs, like, refused = (examined.count(state) for state in ("differs", "like", "refused"))
    if differs:
        said += sentence(N_("；与已有数据{count}行不同"), count=_count(differs))
    if like:
        said += sentence(N_("；{count}行可能重复"), count=_count(like))
    if refused:
        said += sentence(N_("；{count}行不合格"), count=_count(refused))
    if examined.count("same") == len(examined.cells):
        said.append(_("；全部已在库中"))
    elif not differs + like + refused:
        said.append(_("；与已有数据没有出入"))
    return [*said, _("。")]


def _second(on: OnBench) -> str:
    guessed = decide.guesses(on)
    said = _("有{count}处是推断的，请看依据。", count=len(guessed)) if guessed else ""
    return said + _("收下以前不改动任何数据。")


def _actions(reading: Reading, on: OnBench, offers: tuple[Offer, ...]) -> list[Component]:
    entries: list[Child] = []
    if len(on.book.sheets) > 1:
        every = [("", _("全部有表的")), *((one.name, one.name) for one in on.book.sheets)]
        for code, text in every:
            hidden = next((one.hidden for one in on.book.sheets if one.name == code), False)
            said = _("{name}（隐藏）", name=text) if hidden else text
            values: Values = {decide.VERSION: str(on.draft.version)}
            shown: Layout = [forms.hidden(acts.SHEET.name, code), decide.VERSION]
            entries.append(acts.choose_sheet.form(reading, values, shown, button=said, main=False))
    change = [parts.menu(_("换一张表"), entries, className="right")] if entries else []
    return [*change, html.A(_("换文件"), href=acts.href(reading.view), className="button")]


def _steps(on: OnBench) -> Component:
    """识别, 对应, 预览, 收下: what each came to."""
    examined, offers = on.examined, on.examined.previewed.offers
    found = _("、").join(_found(offer) for offer in offers)
    read = {id(offer.found.sheet) for offer in offers}
    passed = [one.name for one in on.book.sheets if id(one) not in read and one.name]
    first = found
    if passed:
        first += _("；未读：{sheets}", sheets=_("、").join(passed))
    skipped = sum(len(offer.found.skipped) for offer in offers)
    second = table_name(examined.target) if examined.target else _("还没有归入哪张表")
    mapping = on.draft.mapping
    if mapping.saved_on:
        told = _("按{name}（{by} 于 {day} 保存）", name=mapping.name, by=mapping.saved_by, day=mapping.saved_on[:10])
        second = f"{second} · {told}"
    third = _("{count}行读懂；标题、合计等{skipped}行不取", count=len(examined.cells), skipped=skipped)
    waits = examined.allowance is not None and examined.allowance.second_person
    fourth = _("第二人复核后入账") if waits else _("收下即入账") if examined.target else ""
    done = "done" if examined.target and examined.states else ""
    entries = [
        (_("识别"), first, "done"),
        (_("对应"), second, done),
        (_("预览"), third, "now"),
        (_("收下"), fourth, ""),
    ]
    steps = [
        html.Li(
            [html.B(str(place) if kind != "done" else "✓"), html.Span(name, className="name"), html.Small(text)],
            className=kind,
        )
        for place, (name, text, kind) in enumerate(entries, 1)
    ]
    return html.Ol(steps, className="flow", **attributes(aria_label=_("步骤")))


def _found(offer: Offer) -> str:
    """Where a table was found: its sheet, and the lines of its header."""
    sheet, header = offer.found.sheet, offer.found.header
    name = _("表“{name}”", name=sheet.name) if sheet.name else _("一张表")
    if not header:
        return name
    first, last = int(sheet.lines[header[0]]), int(sheet.lines[header[-1]])
    lines = str(first) if first == last else f"{first}—{last}"
    return _("{table}，表头第{lines}行", table=name, lines=lines)


def _mapping(reading: Reading, on: OnBench) -> Component:
    """The decisions, open while something must be said first."""
    asked = sum(len(offer.questions) for offer in on.examined.previewed.offers)
    title = _("对应：{count}处要先说明", count=asked) if asked else _("对应：归入哪张表，各名称读作什么")
    content: list[Component] = [html.Summary(title)]
    if asked:
        content.append(html.Ul([html.Li(text) for text in _questions(on)], className="reasons"))
    content.append(decide.form(reading, on, acts.decide_file))
    return html.Details(content, id="mapping", className="mapping", open=bool(asked or not on.examined.target))


def _questions(on: OnBench) -> list[str]:
    """What must be said first, a sentence each."""
    said: dict[str, None] = {}
    for offer in on.examined.previewed.offers:
        for question in offer.questions:
            cells = _("、").join(question.addresses[:3])
            match question.about:
                case "unit":
                    text = _("金额的单位没有写，或不认识：{said}，请在“单位”里选。", said=question.text or cells)
                case "period":
                    text = _("表上没有写是哪一年、哪一月。")
                case "encoding":
                    text = _("文字编码不能确定（{said}），请在“文字编码”里选。", said=question.text)
                case "day":
                    text = _(
                        "{cells}的日期“{said}”有两种读法，请说明日在前还是改好原表。", cells=cells, said=question.text
                    )
                case "formula":
                    text = _("{cells}的公式没有算出结果，请打开保存一次再放上来。", cells=cells)
                case "form":
                    text = _("{cells}的“{said}”读不成一个数，请改好原表，或说明写法。", cells=cells, said=question.text)
                case _ if code := decide.asked_column(offer, question.text):
                    column = column_name(offer.target, code)
                    text = _("表上没有“{column}”，请填上各行相同的值。", column=column)
                case _:
                    text = _("“{said}”不认识，请说明它读作什么，或选“不取”。", said=question.text)
            said[text] = None
    return [*said][:20]


def _original(reading: Reading, on: OnBench, offer: Offer) -> Component:
    sheet = offer.found.sheet
    offers = on.examined.previewed.offers
    switch: list[Child] = []
    if len(offers) > 1:
        names = [
            (one.found.sheet.name, reading.view.href(sort=str(at) if at else "", number=""), one is offer)
            for at, one in enumerate(offers)
        ]
        switch = [parts.segment(names, label=_("工作表"), small=True)] if len(names) <= 6 else []
    page = number_in(reading.view.number) or 1
    first = min((page - 1) * sheets.ROWS_SHOWN, max(0, sheet.height - 1))
    grid = html.Div(sheets.grid(sheet, sheets.marks(offer, first), first), className="scroll")
    legend = html.Span(
        [
            html.Span(_("已读懂"), className="key read"),
            html.Span(html.S(_("划去")), className="key"),
            html.Span(_("不取")),
            html.Span(_("虚线"), className="key guess"),
            html.Span(_("推断")),
        ],
        className="legend",
    )
    name = f"{on.draft.origin} {sheet.name}".strip()
    links = [html.A(_("打开原件"), href=f"/original/draft/{on.draft.id}", download="", className="right")]
    pager = _pages(reading, page, -(-sheet.height // sheets.ROWS_SHOWN))
    return parts.section(
        _("原表"), [grid, pager], note=html.Span([name, legend], className="note"), actions=[*switch, *links]
    )


def _pages(reading: Reading, page: int, last: int) -> Component:
    if last <= 1:
        return html.Div()
    links: list[Child] = [html.Span(_("第{page}页，共{last}页", page=page, last=last))]
    if page > 1:
        links.append(html.A(_("上一页"), href=reading.view.href(number=str(page - 1) if page > 2 else "")))
    if page < last:
        links.append(html.A(_("下一页"), href=reading.view.href(number=str(page + 1))))
    return html.Div(links, className="pager")


def _read_as(reading: Reading, on: OnBench) -> Component:
    examined = on.examined
    show = reading.view.show if reading.view.show in ("guess", "nil", *rows.STATES) else ""
    nil = [cell for offer in examined.previewed.offers for cell in offer.nil]
    counts = [("", _("全部"), len(examined.cells)), ("guess", _("推断"), len(examined.guessed))]
    counted: tuple[State, ...] = ("refused", "differs", "like")
    counts += [(state, _(rows.STATES[state]), examined.count(state)) for state in counted]
    counts.append(("nil", _("无值"), len(nil)))
    entries = [
        (f"{name} {display.number(count, 0)}", reading.view.href(show=code, number=""), code == show)
        for code, name, count in counts
        if count or not code
    ]
    content: list[Child] = [_guess_lines(on)]
    _names, alike = rows.varying(examined)
    if alike:
        said = _("；").join(rows.said_alike(examined, alike))
        content.append(html.Div(_("各行相同：{said}", said=said), className="foot"))
    if show == "nil":
        content.append(html.P(_("无值的格不记，也不作0：{cells}", cells=_("、").join(nil[:200]))))
    else:
        places = rows.chosen(examined, show)
        page = number_in(reading.view.number) or 1
        first = min((page - 1) * rows.PAGE_ROWS, max(0, len(places) - 1))
        content.append(rows.table(examined, places[first : first + rows.PAGE_ROWS]))
        content.append(_pages(reading, page, -(-len(places) // rows.PAGE_ROWS)))
        if nil:
            content.append(html.Div(_("无值{count}格不记，也不作0。", count=len(nil)), className="foot"))
    switch = parts.segment(entries, label=_("筛选"), small=True)
    export = frame.exports(PATH, "workbench", reading.view)
    return parts.section(_("读成"), content, note=_("每行注明出处"), actions=[switch, export])


def _guess_lines(on: OnBench) -> Component:
    """One line a guess: what it is taken for, by what, in how many cells; of what is written otherwise one line a form."""
    guesses = decide.guesses(on)
    found = [guess for guess in guesses if not guess.written]
    lines = [_guess_line(on, guess, guess.cells) for guess in found[:SHOWN_GUESSES]]
    if len(found) > SHOWN_GUESSES:
        more = len(found) - SHOWN_GUESSES
        lines.append(html.Li(html.Small(_("另{count}处推断见“对应”", count=more))))
    written: dict[tuple[str, str], list[Guess]] = {}
    for guess in guesses:
        if guess.written:
            written.setdefault((guess.axis, guess.code if guess.axis == "form" else ""), []).append(guess)
    lines += [_guess_line(on, alike[0], sum(guess.cells for guess in alike)) for alike in written.values()]
    return html.Ul(lines, className="guesses")


def _guess_line(on: OnBench, guess: Guess, cells: int) -> Component:
    return html.Li(
        [
            html.Span(_("推断"), className="tag"),
            html.Span([guess.text, " → ", html.B(decide.code_name(on, guess.axis, guess.code))]),
            html.Small(_(decide.TOLD_BY.get(guess.told_by, guess.told_by))),
            html.Small(_("{count}格", count=cells), className="n"),
            html.A(_("改"), href="#mapping", **attributes(data_opens="mapping")),
        ]
    )


# --- the row of what can be done


def _foot(reading: Reading, on: OnBench) -> Component:
    examined = on.examined
    _agree, wrong = _sums(on)
    way = acts.in_the_way(on, True, True, True)
    waits = examined.allowance is not None and examined.allowance.second_person
    shown: list[Part] = []
    if wrong:
        shown.append(acts.EXPLANATION)
    if examined.count("differs"):
        shown.append(acts.REASON)
    if examined.count("like"):
        shown.append(acts.LIKE)
    shown += [acts.DRAFT, decide.VERSION, acts.REMEMBER]
    values: Values = {
        acts.DRAFT: str(on.draft.id),
        decide.VERSION: str(on.draft.version),
        acts.REMEMBER: True,
    }
    said = _("收下（需第二人复核）") if waits else _("收下")
    if way:
        shown.append(html.P(" ".join(way), className="why"))
    take = acts.take_file.form(reading, values, shown, button="" if way else said)
    away = acts.put_away.form(reading, {decide.VERSION: str(on.draft.version)}, button=_("拿下"), main=False)
    back = frame.exports(PATH, "mend", reading.view, label=_("退回修改单"))
    return html.Div([take, html.Div([back, away], className="pair")], className="deeds")
