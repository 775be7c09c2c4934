"""A briefing's texts: figures keep their passports under an editor's hands, next month's words follow next month's data."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from dashboard.components.table import Column, Row, Table
from dashboard.exports.blocks import Block, Grid, Note, Paragraph, plain
from dashboard.pages.briefings import carry, edits, sections
from dashboard.pages.briefings.compose import numeral
from dashboard.pages.briefings.texts import GROWTH, PACE, flat, inside, joined, said, sentences, turned
from dashboard.words import display
from dashboard.words.passport import About, Figure, Printed
from dashboard.words.worded import Dated, Turn
from dashboard.words.wording import in_language

OCTOBER = About("jiangsu-pension", "320000", "320000", "2026-10", "2026-10", 7)
NOVEMBER = About("jiangsu-pension", "320000", "320000", "2026-11", "2026-11", 9)


def sentence(about: About, *, month: int, balance: int, pace: str) -> list[str]:
    from decimal import Decimal

    word, points = turned(about.figure("income_deviation", Decimal(pace)), PACE)
    return [
        "截至",
        Dated("end", month),
        "，全省累计结余",
        display.printed(about.figure("balance_total", balance)),
        "亿元；",
        Dated("to_date", month),
        "收入",
        word,
        "历史同期",
        points,
        "个百分点。",
    ]


THEN = sentence(OCTOBER, month=202610, balance=538_620_000_000_00, pace="1.66")
NOW = sentence(NOVEMBER, month=202611, balance=537_510_000_000_00, pace="-0.24")


def known(blocks: list[Block]) -> carry.Known:
    return carry.Known(202611, {carry.likeness(one, 202611): one for one in carry.figures_of(blocks)})


# --- words and signs


@pytest.mark.parametrize(("value", "word", "number"), [(5, "增长", "5.00"), (-5, "下降", "5.00"), (0, "增长", "0.00")])
def test_a_sign_is_a_word(value: int, word: str, number: str) -> None:
    turn, printed = turned(OCTOBER.figure("growth", value, part="premium"), GROWTH)
    assert (turn, printed) == (word, number)


def test_what_is_said_keeps_its_figures_and_months() -> None:
    made = said("{end}结余{all}亿元", end=Dated("end", 202601), all=[THEN[3]])
    assert plain(made) == "1月末结余5,386.20亿元"
    assert [type(one) for one in made] == [Dated, str, Printed, str]
    assert plain(joined([["甲"], ["乙"]], "、")) == "甲、乙"
    assert Dated("to_date", 202601) == "1月" and Dated("to_date", 202612) == "1—12月"
    assert Dated("next", 202612) == "1月" and Dated("year", 202612) == "2026年"
    with in_language("en"):
        assert Dated("to_date", 202610) == "Jan–Oct"


def test_sentences_stand_apart_as_the_language_has_it() -> None:
    assert plain(sentences(["甲。"], [], ["乙。"])) == "甲。乙。"
    with in_language("en"):
        assert plain(sentences(["One."], [], ["Two."])) == "One. Two."
        assert (
            plain(inside(["To be signed for"])) == "to be signed for" and plain(inside(["VAT is due"])) == "VAT is due"
        )
        assert inside([THEN[3], " up"]) == [THEN[3], " up"]


def test_a_pages_sentence_loses_its_looks_and_keeps_its_figures() -> None:
    from dash import html

    from dashboard.components.parts import Strong

    made = flat([html.B("甲市"), "慢", html.Span([THEN[3]]), Strong("x")])
    assert plain(made) == "甲市慢5,386.20x" and isinstance(made[2], Printed)


# --- carried over


def test_last_issues_text_has_this_months_figures_words_and_months() -> None:
    made = carry.carried(THEN, 202610, known([Paragraph(NOW)]))
    assert plain(made) == "截至11月末，全省累计结余5,375.10亿元；1—11月收入慢于历史同期0.24个百分点。"
    figures = [one.figure.key for one in made if isinstance(one, Printed)]
    assert figures == [
        "balance_total|jiangsu-pension|320000|2026-11",
        "income_deviation|jiangsu-pension|320000|2026-11",
    ]


def test_a_figure_that_this_month_has_not_is_missing_and_never_last_months() -> None:
    made = carry.carried(THEN, 202610, known([Paragraph(NOW[7:])]))
    assert plain(made).startswith("截至11月末，全省累计结余—亿元") and "5,386.20" not in plain(made)
    absent = next(one.figure for one in made if isinstance(one, Printed))
    assert (absent.key, absent.value, absent.reason) == (
        "balance_total|jiangsu-pension|320000|2026-11", None, "no_row"
    )  # fmt: skip


def test_figures_are_alike_by_what_they_are_and_how_long_before() -> None:
    last = replace(OCTOBER.figure("to_date", 5, part="premium"), period="2025-10")
    assert carry.likeness(last, 202610) == ("to_date", "premium", "320000", "-12")
    assert carry.likeness(replace(last, period="2025-11"), 202611) == carry.likeness(last, 202610)
    assert carry.likeness(replace(last, period="2026"), 202610)[3] == "+0y"
    assert carry.likeness(replace(last, period="2026-11-20T10:15"), 202610)[3] == "now"
    assert carry.likeness(replace(last, place="320100"), 202610) != carry.likeness(last, 202610)


def test_changes_are_marked_and_tell_what_stood_there() -> None:
    runs = carry.changes(THEN, NOW)
    assert "".join(run for run, _was in runs) == plain(NOW)
    marked = [(str(run), was) for run, was in runs if was]
    assert ("5,375.10", "5,386.20") in marked and ("慢于", "快于") in marked and ("11月末", "10月末") in marked
    assert not [run for run, was in runs if was and run == "，全省累计结余"]
    assert not [was for _run, was in carry.changes(NOW, NOW) if was]


def test_a_figure_whose_source_moved_says_both_and_is_replaced_with_its_word() -> None:
    today = known([Paragraph(sentence(NOVEMBER, month=202611, balance=537_520_000_000_00, pace="0.10"))])
    found = carry.moved(NOW, 202611, today)
    assert [(one.written, one.now) for one in found] == [("5,375.10", "5,375.20"), ("0.24", "0.10")]
    made = carry.replaced(NOW, found[1].written.figure.key, today, 202611)
    assert "收入快于历史同期0.10个百分点" in plain(made) and "5,375.10" in plain(made)
    # One fen that no print shows is no news.
    same = known([Paragraph(sentence(NOVEMBER, month=202611, balance=537_510_000_000_01, pace="-0.24"))])
    assert not carry.moved(NOW, 202611, same)


# --- edited


def test_what_an_editor_leaves_keeps_its_passport() -> None:
    typed = plain(THEN).replace("全省累计结余", "全省基金累计结余").replace("。", "，形势平稳。")
    made = edits.written(THEN, typed)
    assert plain(made) == typed
    assert [type(one) for one in made if type(one) is not str] == [Dated, Printed, Dated, Turn, Printed]


def test_a_number_typed_over_has_no_source() -> None:
    typed = plain(THEN).replace("5,386.20", "5,386.30")
    made = edits.written(THEN, typed)
    assert [one.figure.what for one in made if isinstance(one, Printed)] == ["income_deviation"]
    assert edits.sourceless(made) == ["5,386.30"]
    assert edits.sourceless(THEN) == []


@pytest.mark.parametrize(
    "text",
    [
        "2026年10月20日",
        "第11期",
        "共3个地区、12项",
        "〔2026〕45号",
        "(¥100m), ¥10k",
        "1—10月",
        "1. 省厅督办",
        "09:30前",
    ],
)
def test_days_counts_and_numbers_of_documents_need_no_source(text: str) -> None:
    assert edits.sourceless([text]) == []


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_whatever_is_typed_stands_as_typed(typed: str) -> None:
    assert plain(edits.written(THEN, typed)) == typed


@given(st.lists(st.sampled_from([*THEN, "甲", "1.66", "10月末", "\n"]), max_size=20).map("".join))
def test_figures_are_kept_only_where_they_stand(typed: str) -> None:
    made = edits.written(THEN, typed)
    assert plain(made) == typed
    figures = [one.figure for one in made if isinstance(one, (Printed, Turn))]
    assert len(figures) <= 3


# --- sections


def blocks() -> list[Block]:
    table = Table("t", "收支", (Column("a", "项目"),), [Row({"a": "收入"})])
    return [Paragraph(THEN), Grid(table), Paragraph(["第二段。"]), Note(["按11月18日数"])]


def test_a_section_is_a_text_and_back() -> None:
    text = sections.as_text(blocks())
    assert text.splitlines()[1:] == ["【表：收支】", "第二段。", "【注：按11月18日数】"]
    again = sections.from_text(blocks(), text)
    assert again == blocks()
    assert isinstance(again[0].pieces[3], Printed)  # type: ignore[union-attr]


def test_lines_moved_and_taken_out_are_blocks_moved_and_taken_out() -> None:
    made = sections.from_text(blocks(), f"【表：收支】\r\n\r\n新的一段。\r\n{plain(THEN)}\r\n【图：没有】")
    assert [type(one).__name__ for one in made] == ["Grid", "Paragraph", "Paragraph", "Paragraph"]
    assert plain(made[1].pieces) == "新的一段。"  # type: ignore[union-attr]
    assert any(isinstance(one, Printed) for one in made[2].pieces)  # type: ignore[union-attr]


def test_a_line_of_a_table_that_was_copied_is_no_second_table() -> None:
    made = sections.from_text(blocks(), "【表：收支】\n【表：收支】")
    assert [type(one).__name__ for one in made] == ["Grid"]


def test_two_tables_of_one_name_are_told_apart() -> None:
    two = [blocks()[1], blocks()[1]]
    assert sections.as_text(two).splitlines() == ["【表：收支】", "【表：收支#2】"]
    assert len(sections.from_text(two, sections.as_text(two))) == 2


@pytest.mark.parametrize(("number", "said"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (31, "三十一")])
def test_sections_are_numbered_as_officials_do(number: int, said: str) -> None:
    assert numeral(number) == said


def test_a_figure_known_is_a_figure() -> None:
    assert isinstance(known([Paragraph(NOW)]).now(next(carry.figures_of([Paragraph(THEN)])), 202610), Figure)
