"""数据接入: who sees which deliveries, what becomes of an upload, who may sign a month, files to fill and to mend."""

from __future__ import annotations

import base64
import csv
import io
import json
import string
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import Engine, delete, select, update

from dashboard import Site, create_site
from dashboard.pages.data import close_points
from dashboard.words import problems, rejections
from dashboard.words.wording import _, set_language
from data_access.books.versions import MonthClose, closes, current_version
from data_access.intake.importers import REASONS, TABLES, Rejection, import_file
from data_access.intake.importers.allowance import Allowance
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.refresh import Places, refresh
from rules.errors import PoolwatchError
from tests.dashboard.conftest import QUESTION, Reader, hrefs, sign_in, words
from tests.dashboard.html_nodes import as_nodes
from tests.demonstration_store import JILIN_CITY, NOW, SCHEME, SIPING, site_on
from workflows.closing.register import load_steps
from workflows.people.accounts import AccountError
from workflows.people.second_factor import FactorRefused
from workflows.people.single_sign_on import SingleSignOnRefused

HEADER = ["scheme", "region", "item", "movement", "business_date", "amount_yuan", "source", "source_ref"]
SOURCE = f"{SCHEME}-tax"


def ledger(*rows: dict[str, str]) -> bytes:
    """A CSV of ledger entries; each row says what is not as usual."""
    usual = {
        "scheme": SCHEME,
        "region": "220202",
        "item": "premium",
        "movement": "collect",
        "business_date": "2026-11-19",
        "amount_yuan": "100.00",
        "source": SOURCE,
    }
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, HEADER)
    writer.writeheader()
    for number, row in enumerate(rows):
        writer.writerow({**usual, "source_ref": f"UPLOAD-{number}", **row})
    return out.getvalue().encode("utf-8")


BROKEN = ledger({"amount_yuan": "1,23.50"}, {"region": "229999"}, {"business_date": "2026-02-30"}, {})


@pytest.fixture
def site(own_engine: Engine, tmp_path: Path):
    """A site of its own over a copy of the store."""
    return create_site(taking_in(own_engine, tmp_path / "var")).server


def taking_in(engine: Engine, var: Path, *, known: bool = True) -> Site:
    """A site that refreshes as soon as it is asked to."""

    def refresh_now() -> None:
        refresh(engine, Places.under(var), clock=lambda: NOW, alerts=False)

    return replace(site_on(engine, var, known=known), refresh=refresh_now)


def call(reader: Reader, output: str, inputs: dict[str, Any], state: dict[str, Any] | None = None) -> Any:
    """What a callback of the page answers."""
    named = [part.rpartition(".") for part in output.strip(".").split("...")]
    outputs = [{"id": one, "property": prop} for one, _dot, prop in named]

    def given(values: dict[str, object]) -> list[dict[str, object]]:
        return [
            dict(zip(("id", "property"), name.split("."), strict=True), value=value) for name, value in values.items()
        ]

    question = {
        "output": output,
        "outputs": outputs if len(outputs) > 1 else outputs[0],
        "inputs": given(inputs),
        "state": given(state or {}),
        "changedPropIds": [next(iter(inputs))],
    }
    answer = reader.client.post(QUESTION, data=json.dumps(question), content_type="application/json")
    assert answer.status_code == 200, answer.data
    return as_nodes(json.loads(answer.data)["response"])


def upload(
    reader: Reader,
    content: bytes,
    address: str = "/data?tab=imports",
    name: str = "november.csv",
    reason: str = "",
    wait: bool = True,
) -> str:
    """Upload a file: the text of the answer, which is the last where the site has taken the file in."""
    contents = "data:text/csv;base64," + base64.b64encode(content).decode("ascii")
    state = {"upload.filename": name, "view.data": address, "upload-reason.value": reason}
    given = call(reader, "..upload-given.data...upload.contents..", {"upload.contents": contents}, state)
    told = call(
        reader,
        "..upload-answer.children...batches.children...upload-clock.disabled..",
        {"upload-given.data": given["upload-given"]["data"], "upload-clock.n_intervals": 1},
        {"view.data": address},
    )
    assert told["upload-clock"]["disabled"] == (wait or "problem" in given["upload-given"]["data"])
    return words(told["upload-answer"]["children"])


def batches_of(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        return list(connection.execute(select(schema.import_batch).order_by(schema.import_batch.c.id)))


def audited(engine: Engine, action: str) -> list[object]:
    table = schema.audit_event
    with engine.connect() as connection:
        return list(connection.execute(select(table).where(table.c.action == action)))


# --- what is on the page


@pytest.mark.parametrize("tab", ["", "imports", "reconciliation", "checks"])
@pytest.mark.parametrize("login", ["p-monitor", "p-leader", "p-auditor", "c-jilin"])
def test_every_tab_opens_for_those_who_may_see_the_page(reader: Callable[[str], Reader], login: str, tab: str) -> None:
    text = reader(login).text(f"/data?tab={tab}")
    assert "数据接入" in text and "出错" not in text and "无权" not in text, text


def test_the_page_is_closed_to_a_writer(reader: Callable[[str], Reader]) -> None:
    assert "无权查看" in reader("p-writer").text("/data")


def test_late_sources_come_first_and_the_sentence_counts_them(reader: Callable[[str], Reader]) -> None:
    page = reader("p-monitor").page("/data")
    text = words(page)
    assert "个来源" in text
    for department in ("税务", "财政", "经办"):
        assert department in text


def test_departments_add_up_to_the_sources_and_a_readers_own_comes_first(reader: Callable[[str], Reader]) -> None:
    shown = reader("p-finance").text("/data")
    assert "财政（本部门）" in shown and shown.index("财政（本部门）") < shown.index("税务")
    only = reader("p-finance").text("/data?measure=tax")
    assert "吉林工伤税务征收数据" in only and "吉林工伤经办数据" not in only and "全部部门" in only


def test_a_published_scheme_has_no_sources_reconciliation_or_month_close(reader: Callable[[str], Reader]) -> None:
    nation = reader("nation")
    assert "没有登记数据来源" in nation.text("/data?scheme=published-pension")
    assert "没有可对账的数据" in nation.text("/data?scheme=published-pension&tab=reconciliation")
    assert "没有可校验的账目" in nation.text("/data?scheme=published-pension&tab=checks")


def test_both_sides_of_every_balance_agree_on_the_page(reader: Callable[[str], Reader]) -> None:
    assert "收支平衡校验全部一致" in reader("p-monitor").text("/data?tab=checks")


def test_every_table_of_the_page_can_be_exported(reader: Callable[[str], Reader]) -> None:
    client = reader("p-monitor").client
    for code in (
        "sources",
        "departments",
        "batches",
        "reconciliation-regions",
        "reconciliation-months",
        "unreached",
        "runs",
        "versions",
        "balance",
        "restatements",
        "closes",
    ):
        for kind in ("csv", "xlsx"):
            answer = client.get(f"/export/data/{code}.{kind}")
            assert answer.status_code == 200, (code, kind)


# --- own region


def test_a_city_reconciles_only_itself(reader: Callable[[str], Reader]) -> None:
    text = reader("c-jilin").text("/data?tab=reconciliation")
    assert "四平" not in text
    assert "无权查看" in reader("c-jilin").text(f"/data?tab=reconciliation&region={SIPING}")


def test_a_city_sees_corrections_of_its_own_region_only(reader: Callable[[str], Reader]) -> None:
    page = reader("c-jilin").page("/data?tab=checks")
    assert not [href for href in hrefs(page) if f"region={SIPING}" in href]


def test_a_city_sees_no_batch_but_its_own(site, own_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "of-siping.csv"
    path.write_bytes(BROKEN)
    import_file(own_engine, path, target="ledger_entry", uploaded_by="c-siping", now=NOW)
    number = batches_of(own_engine)[-1].id  # type: ignore[attr-defined]
    siping, jilin = sign_in(site, "c-siping"), sign_in(site, "c-jilin")
    assert "of-siping.csv" in siping.text("/data?tab=imports")
    assert "of-siping.csv" not in jilin.text("/data?tab=imports")
    assert "1,23.50" in words(siping.drawer(f"/data?tab=imports&item=batch-{number}"))
    assert not jilin.drawer(f"/data?tab=imports&item=batch-{number}")
    assert siping.client.get(f"/rejected/{number}.xlsx").status_code == 200
    assert jilin.client.get(f"/rejected/{number}.xlsx").status_code == 404


# --- templates


@pytest.mark.parametrize("target", sorted(TABLES))
def test_templates_open_and_name_every_column(reader: Callable[[str], Reader], target: str) -> None:
    client = reader("p-tax").client
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/template/{target}.xlsx").data))
    labels = [column.label for column in TABLES[target].columns]
    assert [cell.value for cell in next(book.worksheets[0].iter_rows())] == labels
    rows = list(csv.reader(io.StringIO(client.get(f"/template/{target}.csv").data.decode("utf-8-sig"))))
    assert rows[0] == labels and len(rows) == 2


def test_templates_of_unknown_tables_are_not_found_and_closed_to_those_without_the_page(
    reader: Callable[[str], Reader],
) -> None:
    assert reader("p-tax").client.get("/template/account.xlsx").status_code == 404
    assert reader("p-tax").client.get("/template/plan.exe").status_code == 404
    assert reader("p-writer").client.get("/template/plan.xlsx").status_code == 403


# --- upload


def test_a_good_file_is_imported_under_the_readers_name(site, own_engine: Engine) -> None:
    said = upload(sign_in(site, "p-tax"), ledger({}, {}))
    assert "november.csv已导入2行" in said
    newest = batches_of(own_engine)[-1]
    assert (newest.state, newest.uploaded_by, newest.rows_inserted) == ("loaded", "p-tax", 2)  # type: ignore[attr-defined]
    event = audited(own_engine, "upload")[-1]
    assert (event.actor, event.subject) == ("p-tax", "november.csv")  # type: ignore[attr-defined]


def test_the_same_file_again_changes_nothing_and_says_so(site) -> None:
    reader = sign_in(site, "p-tax")
    upload(reader, ledger({}))
    assert "完全相同" in upload(reader, ledger({}), name="again.csv")


BROKEN_SAID = {
    "zh": [
        "november.csv没有收下：3行不合格",
        "第 2 行“金额（元）”列，值“1,23.50”：逗号不在千位上（工作台选“千位分隔符”）。",
        "第 3 行“地区代码”列，值“229999”：没有这个地区。",
        "第 4 行“业务日期”列，值“2026-02-30”：没有这一天。请核对年月日。",
    ],
    "en": [
        "november.csv was not taken: 3 rows are wrong",
        'Line 2, column "Amount (yuan)": "1,23.50": the commas do not part thousands (workbench: "thousands separators").',
        'Line 3, column "Region code": "229999": there is no such region.',
        'Line 4, column "Business date": "2026-02-30": there is no such day.',
    ],
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_broken_file_is_refused_with_line_column_value_and_remedy(site, own_engine: Engine, language: str) -> None:
    reader = sign_in(site, "p-tax")
    reader.client.set_cookie("language", language)
    said = upload(reader, BROKEN)
    for sentence in BROKEN_SAID[language]:
        assert sentence in said
    assert batches_of(own_engine)[-1].rows_inserted == 0  # type: ignore[attr-defined]


def test_the_good_rows_of_a_broken_file_are_taken_when_asked(site, own_engine: Engine) -> None:
    said = upload(sign_in(site, "p-tax"), BROKEN, "/data?tab=imports&show=good")
    assert "已导入1行，3行退回待更正" in said
    assert batches_of(own_engine)[-1].rows_inserted == 1  # type: ignore[attr-defined]


def test_the_sheet_of_rejected_rows_mended_comes_in(site, own_engine: Engine) -> None:
    reader = sign_in(site, "p-tax")
    upload(reader, BROKEN)
    number = batches_of(own_engine)[-1].id  # type: ignore[attr-defined]
    book = openpyxl.load_workbook(io.BytesIO(reader.client.get(f"/rejected/{number}.xlsx").data))
    sheet = book.worksheets[0]
    assert "逗号不在千位上" in str(sheet.cell(2, sheet.max_column).value)
    sheet.cell(2, HEADER.index("amount_yuan") + 1).value = "1234.50"
    sheet.cell(3, HEADER.index("region") + 1).value = "220202"
    sheet.cell(4, HEADER.index("business_date") + 1).value = "2026-02-28"
    mended = io.BytesIO()
    book.save(mended)
    assert "mended.xlsx已导入3行" in upload(reader, mended.getvalue(), name="mended.xlsx")


@pytest.mark.parametrize("login", ["p-leader", "p-auditor"])
def test_an_upload_by_an_account_without_the_right_is_refused(site, own_engine: Engine, login: str) -> None:
    before = len(batches_of(own_engine))
    assert "没有" in upload(sign_in(site, login), ledger({}))
    assert len(batches_of(own_engine)) == before


HEADS = "/data?tab=imports&measure=statistic"
LEADS = "/data?tab=imports&measure=violation"


def heads(*regions: str) -> bytes:
    """Heads of a month, a row for each region."""
    rows = [f"{SCHEME},{region},202610,contributors,7,100" for region in regions]
    return "\n".join(["scheme,region,month,measure,version,value", *rows]).encode("utf-8")


def lead(region: str, title: str) -> bytes:
    names = "scheme,ref,region,department,origin,side,category,title,found_on,amount_fen,evidence"
    return f"{names}\n{SCHEME},BD-77,{region},social,comparison,operations,duplicate_benefit,{title},2026-10-12,1,清单".encode()


@pytest.mark.parametrize("login", ["c-jilin", "monitor-of-jilin"])
def test_a_city_sends_its_own_rows_and_no_others(site, own_engine: Engine, login: str) -> None:
    reader = sign_in(site, login)
    before = len(batches_of(own_engine))
    assert "已导入2行" in upload(reader, heads("220202", "220221"), HEADS, name="own.csv")
    said = upload(reader, heads("220302"), HEADS, name="other.csv")
    assert "您的账户只报送本地区的数据" in said and "220302" in said
    refused, taken = batches_of(own_engine)[-1], batches_of(own_engine)[before]
    assert (taken.state, refused.state, refused.rows_inserted) == ("loaded", "refused", 0)  # type: ignore[attr-defined]


def test_a_city_does_not_learn_what_stands_under_anothers_number(site, own_engine: Engine) -> None:
    upload(sign_in(site, "c-siping"), lead("220302", "四平的线索"), LEADS, name="siping.csv")
    said = upload(sign_in(site, "c-jilin"), lead("220202", "猜"), LEADS, name="guess.csv")
    assert "库内已有" in said and "四平的线索" not in said and "220302" not in said


def test_a_city_books_nothing_in_a_departments_name(site, own_engine: Engine) -> None:
    """The form offers no ledger; a file of it given in all the same is none of the table chosen."""
    reader = sign_in(site, "c-jilin")
    assert "基金收支明细" not in reader.text("/data?tab=imports").partition("填哪张表")[2].partition("不合格的行")[0]
    before = batches_of(own_engine)[-1].id  # type: ignore[attr-defined]
    upload(reader, ledger({}), "/data?tab=imports&measure=ledger_entry")
    assert [one.state for one in batches_of(own_engine) if one.id > before] == ["refused"]  # type: ignore[attr-defined]


def test_a_department_books_under_its_own_source_and_its_own_movements(site, own_engine: Engine) -> None:
    for login, row in (
        ("p-finance", {}),
        ("p-tax", {"movement": "pay", "item": "benefit_disability"}),
        ("p-tax", {"source": f"{SCHEME}-fiscal"}),
    ):
        said = upload(sign_in(site, login), ledger(row))
        assert "您的账户不能报送这一项" in said, said


# --- a second person


PLANS = "/data?tab=imports&measure=plan"
PLAN = (
    "scheme,year,region,item,version,amount_yuan,approval_ref,approved_on\n"
    f"{SCHEME},2026,220202,premium,9,1234.56,吉财社〔2026〕9号,2026-06-30\n"
).encode()


def decide(person: Reader, deed: str, number: int, why: str = "") -> int:
    address = f"/act/data/{deed}?scheme={SCHEME}&tab=imports&item=batch-{number}"
    return person.client.post(address, data={"why": why}, headers={"Accept": "application/json"}).status_code


def planned(engine: Engine) -> list[int]:
    table = schema.plan
    with engine.connect() as connection:
        kept = select(table.c.amount_fen).where(table.c.version == 9, table.c.ended_by.is_(None))
        return list(connection.execute(kept).scalars())


def test_a_plan_counts_once_a_second_person_has_confirmed_it_and_can_be_taken_back(site, own_engine: Engine) -> None:
    sender, other = sign_in(site, "p-finance"), sign_in(site, "p-monitor")
    assert "待第二人复核" in upload(sender, PLAN, PLANS, name="plan.csv")
    number = batches_of(own_engine)[-1].id  # type: ignore[attr-defined]
    assert planned(own_engine) == []
    page = f"/data?tab=imports&item=batch-{number}"
    assert "报送人不能复核" in words(sender.drawer(page))
    text = words(other.drawer(page))
    assert "1,234.56" in text and "复核通过" in text, text
    assert decide(sender, "confirm_delivery", number) == 403
    assert decide(sign_in(site, "p-tax"), "confirm_delivery", number) == 403
    assert decide(other, "confirm_delivery", number) == 200
    assert decide(other, "decline_delivery", number, "晚了") == 409
    assert planned(own_engine) == [123456]
    assert batches_of(own_engine)[-1].id == number, "under its own number"  # type: ignore[attr-defined]
    assert decide(sender, "withdraw_delivery", number, "报错了") == 403
    assert decide(other, "withdraw_delivery", number, "报错了") == 200
    assert planned(own_engine) == []
    assert "已撤回" in words(other.drawer(page))
    assert {event.actor for event in audited(own_engine, "withdraw_delivery")} == {"p-monitor"}  # type: ignore[attr-defined]


def test_what_was_declined_never_counts_and_says_why(site, own_engine: Engine) -> None:
    upload(sign_in(site, "p-finance"), PLAN, PLANS, name="plan.csv")
    number = batches_of(own_engine)[-1].id  # type: ignore[attr-defined]
    assert decide(sign_in(site, "p-monitor"), "decline_delivery", number, "文号有误") == 200
    assert planned(own_engine) == []
    assert "文号有误" in words(sign_in(site, "p-finance").drawer(f"/data?tab=imports&item=batch-{number}"))


def test_a_city_cannot_send_a_table_that_is_nobodys_region(own_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "calendar.csv"
    path.write_text("day,kind,name\n2026-12-31,holiday,x\n", encoding="utf-8")
    result = import_file(
        own_engine, path, target="calendar_day", uploaded_by="c-siping", allowance=Allowance(SIPING), now=NOW
    )
    assert (result.state, result.rejections[0].reason) == ("refused", "table_not_of_region")


def test_an_account_without_the_page_cannot_upload_past_it(site, own_engine: Engine) -> None:
    contents = "data:text/csv;base64," + base64.b64encode(ledger({})).decode("ascii")
    state = {"upload.filename": "x.csv", "view.data": "/data?tab=imports", "upload-reason.value": None}
    before = len(batches_of(own_engine))
    output = "..upload-given.data...upload.contents.."
    given = call(sign_in(site, "p-writer"), output, {"upload.contents": contents}, state)
    assert "没有做这件事的权限" in given["upload-given"]["data"]["problem"]
    assert len(batches_of(own_engine)) == before


def test_master_data_cannot_be_uploaded_by_a_department(site, own_engine: Engine) -> None:
    said = upload(
        sign_in(site, "p-tax"), b"day,kind,name\n2026-12-31,holiday,x\n", "/data?tab=imports&measure=calendar_day"
    )
    assert "没有收下" in said
    assert batches_of(own_engine)[-1].target == "ledger_entry"  # type: ignore[attr-defined]


def test_an_upload_waits_is_seen_from_anywhere_and_can_be_taken_out_again(own_engine: Engine, tmp_path: Path) -> None:
    site = create_site(site_on(own_engine, tmp_path / "var")).server
    sender, elsewhere, other = sign_in(site, "p-tax"), sign_in(site, "p-tax"), sign_in(site, "p-finance")
    assert "排队等待导入" in upload(sender, ledger({}), wait=False)
    number = batches_of(own_engine)[-1].id  # type: ignore[attr-defined]
    for text in (
        elsewhere.text("/data?tab=imports"),
        words(elsewhere.drawer(f"/data?tab=imports&item=batch-{number}")),
    ):
        assert "取消排队" in text and "排队中" in text, text
    drawn = words(elsewhere.drawer(f"/data?tab=imports&item=batch-{number}"))
    assert "报送—入库—退回—" in drawn, "nobody has counted its rows"
    assert f"已在第{number}批排队" in upload(elsewhere, ledger({}), name="again.csv", wait=False)
    assert "取消排队" not in words(other.drawer(f"/data?tab=imports&item=batch-{number}"))
    assert (decide(other, "cancel_delivery", number), decide(elsewhere, "cancel_delivery", number)) == (422, 200)
    assert "已取消排队" in sender.text("/data?tab=imports")


def test_how_far_an_import_is_stands_in_its_row(own_engine: Engine, tmp_path: Path) -> None:
    site = create_site(site_on(own_engine, tmp_path / "var")).server
    reader = sign_in(site, "p-tax")
    upload(reader, ledger({}), wait=False)
    for done, said in ((0, "逐行校验、写入，共4,000行"), (1000, "写入 1,000/4,000行")):
        with writing(own_engine) as connection:
            far = {"state": "running", "rows_offered": 4000, "rows_done": done}
            connection.execute(update(schema.import_batch).where(schema.import_batch.c.state != "loaded").values(far))
        assert said in reader.text("/data?tab=imports")


def test_a_file_that_the_disk_does_not_keep_is_told_at_once(site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_number: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert "没能保存文件" in upload(sign_in(site, "p-tax"), ledger({}))


def test_a_path_in_a_file_name_stays_a_name() -> None:
    from dashboard.pages.data.upload import file_name

    assert file_name("../../etc/passwd") == "passwd"
    assert file_name("..\\..\\boot.ini") == "boot.ini"
    assert file_name("..") == file_name("") == file_name(None) == "upload"
    assert file_name("10月 征缴（终稿）.xlsx") == "10月 征缴（终稿）.xlsx"


def test_what_is_no_file_is_refused_in_words(site) -> None:
    reader = sign_in(site, "p-tax")
    given = call(
        reader,
        "..upload-given.data...upload.contents..",
        {"upload.contents": "data:text/csv;base64,***"},
        {"upload.filename": "x.csv", "view.data": "/data?tab=imports", "upload-reason.value": None},
    )
    assert "没有收到文件内容" in given["upload-given"]["data"]["problem"]


def test_a_batch_that_came_in_a_moment_ago_is_on_the_page(site) -> None:
    """The page's answer is not one kept in memory from before."""
    reader = sign_in(site, "p-tax")
    assert "november.csv" not in reader.text("/data?tab=imports")
    upload(reader, ledger({}))
    assert "november.csv" in reader.text("/data?tab=imports")


# --- month close


def reopened(engine: Engine) -> int:
    """Take the last signature away, so that a month is due; its number."""
    with writing(engine) as connection:
        last = closes(connection, SCHEME)[-1].month
        table = schema.month_close
        connection.execute(delete(table).where(table.c.scheme == SCHEME, table.c.month == last))
    return last


def the_step(reader: Reader) -> str:
    page = reader.page("/data?tab=checks")
    return next((h for h in hrefs(page) if "show=sign" in h), "/data?tab=checks&show=sign&version=1")


def act(reader: Reader, name: str, at: str = "/data?tab=checks", **fields: str) -> str:
    """What an act of the page answers, done or refused."""
    address = f"/act/data/{name}?{at.partition('?')[2]}"
    said = json.loads(reader.client.post(address, data=fields, headers={"Accept": "application/json"}).data)
    return str(said.get("message") or said["problem"])


def last_close(engine: Engine) -> MonthClose:
    with engine.connect() as connection:
        return closes(connection, SCHEME)[-1]


def test_a_monitor_signs_the_month_that_is_due_with_its_checklist(site, own_engine: Engine) -> None:
    month = reopened(own_engine)
    reader = sign_in(site, "p-monitor")
    upload(sign_in(site, "p-tax"), ledger({"region": "220999"}), name="退回.csv")
    step = the_step(reader)
    said = reader.text(step)
    assert "1批有退回行未重报：退回.csv" in said
    assert all(_(close_points.WORDS[code][0]) in said for code in close_points.WORDS)
    assert "签署后，撤销须另一人同意" in said
    assert "请逐项写明原因" in act(reader, "close_month", step)
    for again in ("已定稿", "不能重复签署"):
        assert again in act(reader, "close_month", step, why="来源月底后补报，已电话核对")
    close = last_close(own_engine)
    assert (close.month, close.signed_by) == (month, "Name of p-monitor")
    with own_engine.connect() as connection:
        kept = load_steps(connection, SCHEME)[-1]
    assert kept.points is not None and {one.code for one in kept.points} == set(close_points.WORDS)
    assert "说明：来源月底后补报，已电话核对" in reader.text("/data?tab=checks")
    assert json.loads(audited(own_engine, "close_month")[-1].details)["month"] == month  # type: ignore[attr-defined]


def test_a_city_reads_neither_the_checklist_nor_why_a_month_was_reopened(site, own_engine: Engine) -> None:
    month = last_close(own_engine).month
    at, reason = f"/data?tab=checks&number={month}", "四平市漏报两县"
    act(sign_in(site, "p-monitor"), "ask_reopening", at, why=reason)
    city, tax = sign_in(site, "c-jilin"), sign_in(site, "p-tax")
    assert reason in tax.text("/data?tab=checks") and reason not in city.text("/data?tab=checks")
    act(sign_in(site, "p-finance"), "reopen_month", at, why="属实")
    upload(tax, ledger({"region": "220999"}), name="退回.csv")
    assert "退回.csv" in tax.text("/data?tab=checks")
    said = city.text("/data?tab=checks")
    assert "退回.csv" not in said and reason not in said and "待定稿" in said
    assert reason not in city.client.get(f"/export/data/closes.csv?scheme={SCHEME}").text


def test_a_month_whose_sides_differ_is_not_signed_whatever_is_explained(own_engine: Engine, tmp_path: Path) -> None:
    site = create_site(taking_in(own_engine, tmp_path / "var", known=False)).server
    reopened(own_engine)
    with writing(own_engine) as connection:
        fact = schema.account_fact
        one = connection.execute(select(fact.c.region).where(fact.c.scheme == SCHEME)).scalars().first()
        connection.execute(update(fact).where(fact.c.region == one).values(amount_fen=fact.c.amount_fen + 1))
    reader = sign_in(site, "p-monitor")
    assert not any("show=sign" in h for h in hrefs(reader.page("/data?tab=checks")))
    with own_engine.connect() as connection:
        newest = current_version(connection)
    assert newest is not None
    step = f"/data?tab=checks&show=sign&version={newest.id}"
    assert "必须满足的项目未满足" in act(reader, "close_month", step, why="无妨")


@pytest.mark.parametrize("login", ["p-finance", "p-leader", "c-jilin", "monitor-of-jilin", "p-system_admin"])
def test_nobody_else_signs(site, own_engine: Engine, login: str) -> None:
    month = reopened(own_engine)
    assert "没有做这件事的权限" in act(sign_in(site, login), "close_month", the_step(sign_in(site, "p-monitor")))
    assert last_close(own_engine).month < month


def test_a_signed_month_is_reopened_by_a_second_person_and_signed_again(site, own_engine: Engine) -> None:
    was = last_close(own_engine)
    monitor, finance = sign_in(site, "p-monitor"), sign_in(site, "p-finance")
    at = f"/data?tab=checks&number={was.month}"
    assert "没有做这件事的权限" in act(finance, "ask_reopening", at, why="漏报")
    assert "没有待决定的重开申请" in act(finance, "reopen_month", at, why="同意")
    assert "已申请" in act(monitor, "ask_reopening", at, why="一市漏报")
    assert "一市漏报" in finance.text("/data?tab=checks") and "申请重开" in finance.text("/messages")
    assert "不能自己同意" in act(monitor, "reopen_month", at, why="同意")
    assert last_close(own_engine) == was
    assert "已重开" in act(finance, "reopen_month", at, why="情况属实")
    assert last_close(own_engine).month < was.month
    said = monitor.text("/data?tab=checks")
    assert "一市漏报" in said and "情况属实" in said and was.signed_by in said
    assert "已定稿" in act(monitor, "close_month", the_step(monitor), why="已补报")
    assert last_close(own_engine).month == was.month


def test_a_refresh_on_demand_is_for_those_who_may(site, own_engine: Engine) -> None:
    def ask(login: str) -> str:
        return words(
            call(sign_in(site, login), "refresh-answer.children", {"refresh-now.n_clicks": 1})["refresh-answer"]
        )

    assert "已请求刷新" in ask("p-monitor")
    assert "没有做这件事的权限" in ask("p-tax")
    assert [event.actor for event in audited(own_engine, "refresh")] == ["p-monitor"]  # type: ignore[attr-defined]


# --- wordings


def _named(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}


def _every(kind: type[PoolwatchError]) -> set[str]:
    return {kind.code}.union(*(_every(sub) for sub in kind.__subclasses__()))


def test_every_reason_has_a_wording_of_its_own_parameters() -> None:
    assert set(rejections.REJECTIONS) == set(REASONS)
    for reason, text in [*rejections.REJECTIONS.items(), *rejections.WITHOUT_SUGGESTION.items()]:
        assert _named(text) <= set(REASONS[reason]), reason


def test_every_failure_has_a_wording() -> None:
    whys = {f"account_{why}" for why in AccountError.WHY} | {f"factor_{why}" for why in FactorRefused.WHY}
    whys |= {f"single_sign_on_{why}" for why in SingleSignOnRefused.WHY}
    assert _every(PoolwatchError) | whys <= set(problems.PROBLEMS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_wording_is_said_in_both_languages(language: str) -> None:
    set_language(language)
    for text in [*problems.PROBLEMS.values(), *rejections.REJECTIONS.values(), *rejections.WITHOUT_SUGGESTION.values()]:
        chinese = any("\u4e00" <= char <= "\u9fff" for char in _(text))
        assert chinese == (language == "zh"), text
        assert _named(_(text)) == _named(text)


def test_a_reason_without_a_suggestion_does_not_offer_one() -> None:
    said = problems.rejection_text("unknown_code", {"kind": "region", "suggestion": None})
    assert said == "没有这个地区代码。请按代码表填写。"


def test_a_failure_that_leaves_a_parameter_out_still_gets_its_sentence() -> None:
    from rules.errors import InputError

    assert problems.problem_text(InputError("no path")) == "填写的内容不能采用：“—”不符合要求。请核对后再试。"


def test_a_reason_of_the_whole_file_names_no_line() -> None:
    assert problems.rejection_line(Rejection(0, "", "", "empty_file")) == "文件是空的。请重新导出后上传。"
    assert JILIN_CITY not in problems.rejection_line(Rejection(1, "", "", "no_rows"))


# --- what runs out


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ["即将到期", "2027年法定节假日尚未载入。", "政策参数只核对到2026年12月31日。"]),
        ("en", ["Running out", "The official holidays of 2027 are not loaded.", "verified up to 31 Dec 2026 only."]),
    ],
)
def test_what_runs_out_within_ninety_days_is_said_where_the_data_are_looked_after(
    site: Flask, language: str, said: list[str]
) -> None:
    one = sign_in(site, "p-monitor")
    one.client.set_cookie("language", language)
    shown = {tab: one.text(f"/data?scheme={SCHEME}&tab={tab}") for tab in ("sources", "checks", "imports")}
    for text in said:
        assert text in shown["sources"] and text in shown["checks"] and text not in shown["imports"]


def test_nothing_is_said_to_run_out_where_nothing_does(own_engine: Engine, tmp_path: Path) -> None:
    early = replace(site_on(own_engine, tmp_path / "var"), now=lambda: datetime(2026, 10, 2, 2, tzinfo=UTC))
    assert "即将到期" not in sign_in(create_site(early).server, "p-monitor").text(f"/data?scheme={SCHEME}")
