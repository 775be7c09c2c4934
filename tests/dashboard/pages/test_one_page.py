"""会前一页纸: the overview's own figures, matters and sentence on one sheet, on screen, as PDF and as DOCX."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import docx
import pypdf
import pytest

from dashboard.exports import job_routes
from dashboard.exports.blocks import Matter, plain
from dashboard.exports.probe import Environment
from dashboard.pages.one_page import page as one_page
from dashboard.pages.one_page.matters import WIDTH, five, short_place, shortened, width
from dashboard.words.passport import Figure, Printed
from dashboard.words.wording import set_language
from rules.alerts.threshold import Level
from tests.dashboard.conftest import Reader, hrefs, nodes, sign_in, words
from tests.demonstration_store import JILIN_CITY, PROVINCE, SCHEME, SIPING, YONGJI

SHEET = f"/one-page?scheme={SCHEME}"
FILE = f"/export/one-page/sheet.{{kind}}?scheme={SCHEME}"


def printed(page: object) -> dict[str, str]:
    """Passport → what is read, of every figure of a page."""
    return {one["props"]["data-figure"]: words(one) for one in nodes(page) if one["props"].get("data-figure")}


def parts(page: object, name: str) -> list[str]:
    return [words(one) for one in nodes(page) if name in str(one["props"].get("className", "")).split()]


# --- figures


@pytest.mark.parametrize("region", [PROVINCE, JILIN_CITY])
def test_every_figure_is_the_overviews_by_passport_and_string(reader: Callable[[str], Reader], region: str) -> None:
    leader = reader("p-leader")
    at = f"scheme={SCHEME}&region={region}"
    shown = printed(leader.page(f"/one-page?{at}"))
    known: dict[str, str] = {}  # where it stands as points a sign says what words say here
    for page in ("/?period=2026-07&", "/?", "/?compare=meeting&", "/funds?", "/budget?period=2026-07&", "/budget?"):
        known |= {
            key: text.lstrip("+−") if "_deviation" in key else text
            for key, text in printed(leader.page(f"{page}{at}")).items()
        }
    assert len(shown) >= (16 if region == PROVINCE else 12)
    assert {key: known.get(key) for key in shown} == shown
    # What the figures were is read off the month as it was signed.
    assert len([key for key in shown if key.endswith("|2026-07")]) >= 4


def test_the_sentence_is_the_overviews(reader: Callable[[str], Reader]) -> None:
    leader = reader("p-leader")
    said = [words(one) for one in nodes(leader.page(SHEET)) if one["props"].get("className") == "sentence"]
    overview = parts(leader.page(f"/?scheme={SCHEME}"), "first") + parts(leader.page(f"/?scheme={SCHEME}"), "second")
    assert said and said[0] in (overview[0], "".join(overview))


def test_the_band_says_what_was_what_is_and_how_it_moved(reader: Callable[[str], Reader]) -> None:
    figures = parts(reader("p-leader").page(SHEET), "key-figure")
    assert len(figures) == 5
    for one in figures:
        assert re.search(r"上次 [\d.,]+ →[\d.,]+", one), one
        assert re.search(r"增加|减少|持平|快于|慢于", one), one
        assert "+" not in one and "−" not in one
    first = parts(reader("p-leader").page(f"{SHEET}&period=2026-05"), "key-figure")
    assert all("首次会议" in one and "上次" not in one for one in first)


def test_the_head_says_for_which_meeting_it_is_and_with_which_it_is_compared(reader: Callable[[str], Reader]) -> None:
    leader = reader("p-leader")
    said = leader.text(SHEET)
    assert "社会保险基金运行监测联席会议　第6次会议" in said
    assert "数据：2026年10月末（已定稿）　对比：第5次会议（8月26日，7月末数据）" in said
    assert "Name of p-leader · 11月20日10:15打印" in said
    then = leader.text(f"{SHEET}&period=2026-07")
    assert "联席会议　第5次会议" in then and "对比：第4次会议（6月24日，5月末数据）" in then


# --- matters


def test_the_matters_are_the_overviews_in_its_order(reader: Callable[[str], Reader]) -> None:
    leader = reader("p-leader")
    page, overview = leader.page(SHEET), leader.page(f"/?scheme={SCHEME}")
    what = parts(page, "what")
    assert len(what) == len(parts(page, "order")) == len(parts(overview, "what")) >= 3
    assert all(said.startswith(one[:12]) for one, said in zip(what, parts(overview, "what"), strict=True))
    who = [
        [one.split("限期")[0].replace(" ", "") for one in found]
        for found in (parts(page, "facts"), parts(overview, "who"))
    ]
    assert who[0] == who[1]


@pytest.mark.parametrize(("count", "shown", "rest"), [(0, 0, ""), (3, 3, ""), (5, 5, ""), (13, 5, "另有8件")])
def test_at_most_five_are_shown_and_the_others_counted(count: int, shown: int, rest: str) -> None:
    one = Matter(Level.RED, "", ["甲市"], "甲市政府", "11月25日", "待签收")
    made = five([one] * min(count, 7), count)
    assert (len(made.matters), made.rest) == (shown, rest)


def test_fewer_matters_give_more_room_and_none_is_said(reader: Callable[[str], Reader]) -> None:
    leader = reader("p-leader")
    counts = {}
    for region in (SIPING, YONGJI, "220900", "222400", "220100"):
        page = leader.page(f"{SHEET}&region={region}")
        count = len(parts(page, "order"))
        counts[count] = region
        assert ("无需请示事项。" in words(page)) == (count == 0)
        assert count == 0 or parts(page, f"m{count}")
    assert len(counts) >= 2


@pytest.mark.parametrize(
    ("place", "said"),
    [("延边朝鲜族自治州", "延边州"), ("前郭尔罗斯蒙古族自治县", "前郭县"), ("四平市", "四平市"), ("", "")],
)
def test_a_long_name_of_a_place_is_shortened_as_it_is_spoken(place: str, said: str) -> None:
    assert short_place(place) == said


def test_a_long_matter_first_loses_the_length_of_its_place_then_what_follows_the_last_comma() -> None:
    amount = Printed("1.86", Figure("year_end.gap", "", SCHEME, SIPING, "2026-10", "2026-10", 1, 18_600_000_000), "|yi")
    short = ["征缴慢于历史同期", "5.60", "个百分点", "，预计年底少收", amount, "亿元"]
    assert shortened("四平市", short) == ["四平市 ", *short]
    longer = ["城乡居民缴费补助到位慢于历史同期", *short[1:]]
    assert plain(shortened("前郭尔罗斯蒙古族自治县", longer)) == f"前郭县 {plain(longer)}"
    longest = ["甲" * 20 + longer[0], *longer[1:]]
    kept = shortened("前郭尔罗斯蒙古族自治县", longest)
    assert plain(kept).startswith("前郭县 甲") and "预计" not in plain(kept) and width(plain(kept)) <= WIDTH + 9
    set_language("en")
    assert short_place("Yanbian Korean Autonomous Prefecture") == "Yanbian"


# --- who, where not


def test_it_is_for_leaders_monitors_and_writers_of_their_own_region(reader: Callable[[str], Reader]) -> None:
    for login in ("p-leader", "p-monitor", "p-writer"):
        assert "会前一页纸" in words(reader(login).page(f"/?scheme={SCHEME}"))
        # A city's figures are on the sheet of the city, asked for where they stand.
        assert f"/one-page?scheme={SCHEME}&region={JILIN_CITY}" in hrefs(
            reader(login).page(f"/region/{JILIN_CITY}?scheme={SCHEME}")
        )
        assert "key-figure" in str(reader(login).page(SHEET))
    for login in ("p-auditor", "p-finance", "c-jilin"):
        assert "会前一页纸" not in words(reader(login).page(f"/?scheme={SCHEME}"))
        assert "会前一页纸" not in words(reader(login).page(f"/region/{JILIN_CITY}?scheme={SCHEME}"))
        assert "无权查看" in words(reader(login).page(SHEET))
        assert reader(login).client.get(FILE.format(kind="pdf")).status_code == 403
    city = reader("monitor-of-jilin")
    assert "吉林市" in city.text(SHEET)
    assert "无权查看" in city.text(f"{SHEET}&region={PROVINCE}")


def test_published_totals_have_none_and_say_why(reader: Callable[[str], Reader]) -> None:
    leader = reader("p-leader")
    said = leader.text("/one-page?scheme=published-pension")
    assert "公布数没有分月的收支，不能与上次会议对比。" in said
    assert "会前一页纸" not in leader.text("/?scheme=published-pension")
    assert leader.client.get("/export/one-page/sheet.pdf?scheme=published-pension").status_code == 404


# --- files


def test_what_cannot_be_written_here_is_grey_with_its_reason(
    reader: Callable[[str], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in (one_page, job_routes):
        monkeypatch.setattr(where, "environment", lambda: Environment(fonts={"any": "Noto"}, weasyprint=False))
    leader = reader("p-leader")
    said = leader.page(SHEET)
    grey = [words(one) for one in nodes(said) if one["type"].lower() == "button" and one["props"].get("disabled")]
    assert grey == ["PDF", "PDF（同Word）"] and "这台服务器没有PDF排版组件。请安装" in words(said)
    sent_on = leader.client.get(FILE.format(kind="pdf"))
    assert sent_on.status_code == 303 and sent_on.location.startswith("/one-page?")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_files_say_what_the_screen_says_on_one_page(server, language: str) -> None:
    leader = sign_in(server, "p-leader")
    leader.client.set_cookie("language", language)
    page = leader.page(SHEET)
    pdf, word = (leader.client.get(FILE.format(kind=kind)) for kind in ("pdf", "docx"))
    assert pdf.status_code == word.status_code == 200
    book = pypdf.PdfReader(io.BytesIO(pdf.data))
    assert len(book.pages) == 1
    document = docx.Document(io.BytesIO(word.data))
    texts = [re.sub(r"\s", "", book.pages[0].extract_text()), re.sub(r"\s", "", "".join(document.element.itertext()))]
    said = [*printed(page).values(), *parts(page, "what"), *parts(page, "before")]
    for text in texts:
        assert [one for one in said if re.sub(r"\s", "", one) not in text] == []
