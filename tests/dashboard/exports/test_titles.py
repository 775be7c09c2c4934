"""Titles are parted by sense, in lines that are about as long as one another."""

from __future__ import annotations

import pytest

from dashboard.exports.titles import TITLE, title_lines

PARTED = [
    "9月吉林省工伤保险基金运行情况",
    "10月江苏省/企业职工基本养老保险基金运行情况",
    "2026年10月江苏省/企业职工基本养老保险基金/运行情况的报告",
    "关于连云港市、淮安市/企业职工基本养老保险费征缴进度/慢于历史同期5.60个百分点有关情况的通报",
    "10月江苏省企业职工基本养老保险基金/运行情况（连云港市）",
    "关于进一步加强全省社会保险基金/安全监督管理工作若干措施/落实情况的督查报告",
    "全省养老保险基金/累计结余5,763.21亿元可支付16.4个月/有关问题的请示",
    "Jiangsu enterprise employees' basic/pension: fund operation in Oct",
]


@pytest.mark.parametrize("parted", PARTED)
def test_a_title_is_parted_where_a_reader_pauses(parted: str) -> None:
    lines = parted.split("/")
    whole = (" " if parted.isascii() else "").join(lines)
    assert list(title_lines(whole)) == lines


@pytest.mark.parametrize("room", [12.0, TITLE])
def test_nothing_of_a_title_is_lost_and_its_amounts_and_funds_stay_whole(room: float) -> None:
    title = "全省企业职工基本养老保险基金累计结余5,763.21亿元可支付16.4个月有关问题的请示"
    lines = title_lines(title, room)
    assert "".join(lines) == title and all(line[0] not in "的、）" for line in lines)
    for whole in ("5,763.21亿元", "16.4个月", "企业职工基本养老保险基金"):
        assert any(whole in line for line in lines), lines
    assert title_lines("长" * 3 * int(TITLE)) == ("长" * int(TITLE),) * 3
