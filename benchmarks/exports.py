"""What a briefing of 20 sections about 13 cities takes as DOCX, PPTX, XLSX and PDF, beside the bare libraries.

The bare libraries write as many paragraphs, tables and charts of the same size in the same run, unformatted, once for each
kind of file. Both take turns and the best of the rounds counts; the first, which loads the libraries, does not.

    python -m benchmarks.exports [--rounds 3] [--sections 20]
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import docx
import pptx
import xlsxwriter
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from weasyprint import HTML

from benchmarks.measured import Goal, Measured, best, table
from dashboard.charts.plot import Mark, Plot
from dashboard.components.table import Column, Row, Table
from dashboard.exports.blocks import Block, Document, Grid, Heading, Masthead, Paragraph, Picture, SignOff, Source
from dashboard.exports.office.document import docx_bytes
from dashboard.exports.office.slides import pptx_bytes
from dashboard.exports.pdf import pdf_bytes
from dashboard.exports.workbook import workbook_bytes

CITIES = 13
PARTS = ("收入", "计划", "上年")
ALL, RATIO = 5.0, 2.0  # seconds for every kind of file, times the bare library's
SAID = (
    "截至10月末，本市累计结余86.20亿元，可支付17.8个月；1—10月收入快于历史同期1.66个百分点，支出快于历史同期0.80个百分点。"
    * 2
)
Values = list[list[float]]


def records(rounds: int = 3, sections: int = 20) -> list[Measured]:
    """Each kind of file beside its bare library, and ours of every kind."""
    document = briefing(sections)
    kinds: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "DOCX": (lambda: bare_docx(sections), lambda: docx_bytes(document)),
        "PPTX": (lambda: bare_pptx(sections), lambda: pptx_bytes(document)),
        "XLSX": (lambda: bare_xlsx(sections), lambda: workbook_bytes(document)),
        "PDF": (lambda: bare_pdf(sections), lambda: pdf_bytes(document)),
    }
    found, total = [], 0.0
    for name, pair in kinds.items():
        best(*pair)
        bare, ours = best(*pair, rounds=rounds)
        total += ours
        found.append(Measured(f"briefing of {sections} sections as {name}", bare, ours, "s", Goal(RATIO)))
    return [*found, Measured("the briefing as all of these", None, total, "s", Goal(ALL, times=False))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sections", type=int, default=20)
    options = parser.parse_args()
    print(table(records(options.rounds, options.sections)))


def values(section: int) -> Values:
    """Three amounts of each city, in 亿元."""
    return [
        [round(3 + (section * 7 + city * 13 + part * 5) % 97 / 10, 2) for part in range(3)] for city in range(CITIES)
    ]


def names() -> list[str]:
    return [f"{'甲乙丙丁戊己庚辛壬癸子丑寅'[city]}市" for city in range(CITIES)]


def briefing(sections: int) -> Document:
    """The document: in each section a heading, three paragraphs, a chart of bars, ticks and a line, a table."""
    columns = [
        Column("name", "地区"),
        *(Column(key, title, "money") for key, title in zip(("now", "plan", "last"), PARTS, strict=True)),
    ]
    marks = (Mark("now", "bar", "mid"), Mark("plan", "tick", "ink"), Mark("last", "line", "t4"))
    blocks: list[Block] = []
    for section in range(sections):
        rows = [
            Row(
                {
                    "name": name,
                    **dict(zip(("now", "plan", "last"), (round(one * 10**10) for one in given), strict=True)),
                }
            )
            for name, given in zip(names(), values(section), strict=True)
        ]
        table = Table("t", f"第{section + 1}项各市收入", columns, rows)
        plot = Plot(table, "name", rows, marks)
        blocks += [
            Heading(f"第{section + 1}节"), *[Paragraph([SAID])] * 3,
            Picture(table.title, "亿元", "2026年1—10月", plot, {}, table.title, f"图{section + 1}"), Grid(table, f"表{section + 1}"),
        ]  # fmt: skip
    office, day = "省人力资源和社会保障厅", date(2026, 11, 25)
    head = Masthead("社会保险基金运行监测简报", "第11期", "总第71期", "", "", "", "各设区市人民政府", office, day)
    source = Source("全省", "2026年10月（已定稿）", "数据截至11月20日", "企业职工基本养老保险", "演示数据", "王某某")
    return Document("briefing", "10月全省基金运行情况", [*blocks, SignOff(office, day)], source, "zh", head, "送审稿")


def chart_data(section: int) -> Any:
    data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = names()
    for part, name in enumerate(PARTS):
        data.add_series(name, [given[part] for given in values(section)])
    return data


def bare_pptx(sections: int) -> bytes:
    """A slide of text, one with a chart, one with a table for each section, with notes as ours have them."""
    deck = pptx.Presentation()
    for section in range(sections):
        words, chart, table = slides = [deck.slides.add_slide(deck.slide_layouts[5]) for _ in range(3)]
        for slide in slides:
            slide.shapes.title.text = slide.notes_slide.notes_text_frame.text = SAID
        frame = words.shapes.add_textbox(Inches(1), Inches(1), Inches(8), Inches(5)).text_frame
        for _ in range(3):
            frame.add_paragraph().text = SAID
        box = (Inches(1), Inches(1), Inches(8), Inches(5))
        chart.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *box, chart_data(section))
        grid = table.shapes.add_table(CITIES + 1, 4, *box).table
        for line, given in enumerate(values(section), start=1):
            for place, value in enumerate(given, start=1):
                grid.cell(line, place).text = f"{value:.2f}"
    return _saved(deck)


def bare_docx(sections: int) -> bytes:
    """Paragraphs and tables; the charts, which the library has not, by the one for slides."""
    file, deck = docx.Document(), pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    for section in range(sections):
        file.add_heading(f"第{section + 1}节")
        for _ in range(3):
            file.add_paragraph(SAID)
        slide.shapes.add_chart(
            XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(1), Inches(6), Inches(3), chart_data(section)
        )
        grid = file.add_table(rows=CITIES + 1, cols=4)
        for line, given in zip(grid.rows[1:], values(section), strict=True):
            for held, value in zip(line.cells[1:], given, strict=True):
                held.text = f"{value:.2f}"
    return _saved(file)


def bare_xlsx(sections: int) -> bytes:
    """Two sheets a section, the values and a chart, whose series and categories are named as in the other files."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for section in range(sections * 2):
        sheet = book.add_worksheet()
        sheet.write_row(0, 1, PARTS)
        sheet.write_column(1, 0, names())
        for line, given in enumerate(values(section), start=1):
            sheet.write_row(line, 1, given)
        if section % 2:
            chart = book.add_chart({"type": "column"})
            for part in range(1, 4):
                name, cities = [sheet.name, 0, part], [sheet.name, 1, 0, CITIES, 0]
                chart.add_series({"name": name, "categories": cities, "values": [sheet.name, 1, part, CITIES, part]})
            sheet.insert_chart("F2", chart)
    book.close()
    return out.getvalue()


def bare_pdf(sections: int) -> bytes:
    """Text and tables of as many sections, and each chart as a plain drawing of the library."""
    from matplotlib.figure import Figure

    parts = []
    for section in range(sections):
        figure = Figure(figsize=(6, 2.6))
        axes = figure.subplots()
        axes.bar(range(CITIES), [given[0] for given in values(section)])
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg")
        rows = "".join(
            "<tr>" + "".join(f"<td>{value:.2f}</td>" for value in given) + "</tr>" for given in values(section)
        )
        svg = drawn.getvalue()
        parts.append(f"<h2>{section}</h2>{f'<p>{SAID}</p>' * 3}{svg[svg.index('<svg') :]}<table>{rows}</table>")
    made: bytes = HTML(string="".join(parts)).write_pdf()
    return made


def _saved(file: docx.document.Document | pptx.presentation.Presentation) -> bytes:
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


if __name__ == "__main__":
    main()
