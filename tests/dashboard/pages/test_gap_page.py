"""缺口分担: what it says to whom, that its lines close, that its acts keep to rights, and that a download gives the figure."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction

import openpyxl
import pytest
from sqlalchemy import Engine, func, select

from dashboard import create_site
from dashboard.components.parts import plain
from dashboard.pages.gap import account as gap_account, drawer as gap_drawer, page as gap
from dashboard.pages.gap.items import double_count
from dashboard.pages.gap.reading import WhoPays, who_pays
from dashboard.pages.gap.words import FACTOR_LABELS
from dashboard.site.reading import Reading, read
from dashboard.site.view import View
from dashboard.words import display
from data_access.books.published import Published
from data_access.store import schema
from data_access.store.engine import writing
from rules.calculators.reading import decode
from rules.calculators.registry import calculators
from rules.scheme import load_scheme, profile_codes
from tests.dashboard.conftest import Reader, hrefs, nodes, sign_in, words
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SCHEME, site_on
from workflows.gap import items as gap_items
from workflows.gap.register import GapItem, gap_item, load_gap_items, load_settlements
from workflows.people.accounts import By, Role
from workflows.people.rights import Scope

JSON = {"Accept": "application/json"}
TABS = ("", "items", "credits", "due", "scenarios")


def reading(engine: Engine, region: str = PROVINCE, role: Role = Role.MONITOR) -> Reading:
    return read(Published(engine.connect()), View("/gap", scheme=SCHEME), Scope(role, region, None), NOW)


@pytest.fixture
def site(own_engine: Engine, tmp_path):
    return create_site(site_on(own_engine, tmp_path)).server


@pytest.fixture(scope="module")
def found(shared_engine: Engine) -> WhoPays:
    return who_pays(reading(shared_engine))


def items_of(engine: Engine) -> dict[str, GapItem]:
    with engine.connect() as connection:
        return {item.number: item for item in load_gap_items(connection, SCHEME)}


def act(person: Reader, done: str, /, **fields: object):
    data = {key: str(value) for key, value in fields.items()}
    return person.client.post(f"/act/gap/{done}?scheme={SCHEME}", data=data, headers=JSON)


# --- what it says


def test_the_line_on_the_page_closes(reader: Callable[..., Reader], found: WhoPays) -> None:
    general = found.general
    assert general is not None and general.gap_fen > 0
    assert general.covered_fen + general.province_fen + general.local_fen == general.gap_fen
    terms = [
        words(node)
        for node in nodes(reader().page(f"/gap?scheme={SCHEME}"))
        if node["props"].get("className") == "term"
    ]
    shown = [Fraction(re.search(r"-?[\d,]+\.\d\d", term)[0].replace(",", "")) for term in terms]  # type: ignore[index]
    spent, income, gap_shown, covered, province, local = shown
    assert spent - income == gap_shown
    assert abs(covered + province + local - gap_shown) <= Fraction(2, 100)
    assert display.money(general.gap_fen) in terms[2]


def test_a_leader_reads_the_gap_aloud(reader: Callable[..., Reader], found: WhoPays) -> None:
    assert found.general is not None
    text = reader("p-leader").text(f"/gap?scheme={SCHEME}")
    assert (
        f"2026年计划收支缺口{display.money(found.general.gap_fen)}亿元，全省结余足以弥补，各级财政今年无需分担。"
        in text
    )
    assert "计划内，由省统筹解决" in text
    assert "假如不动用结余" in text and "非正式结果" in text and "暂定参数" in text
    assert "新增" not in text


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize(
    "login", ["p-leader", "p-monitor", "p-finance", "p-auditor", "p-writer", "c-jilin", "p-system_admin"]
)
def test_every_tab_opens_for_every_reader_in_both_languages(
    reader: Callable[..., Reader], login: str, tab: str
) -> None:
    person = reader(login)
    for language in ("zh", "en"):
        person.client.set_cookie("language", language)
        text = person.text(f"/gap?scheme={SCHEME}&tab={tab}")
        assert ("缺口分担" if language == "zh" else "Who pays") in text
        assert "出错" not in text and "went wrong" not in text
    person.client.set_cookie("language", "zh")


def test_a_city_reads_its_own_rows_and_no_others(reader: Callable[[str], Reader], shared_engine: Engine) -> None:
    tree = Published(shared_engine.connect()).tree(PROVINCE)
    inside = frozenset(tree.subtree(JILIN_CITY))
    every = items_of(shared_engine).values()
    own = [item for item in every if item.region in inside and item.last("assess")]
    strange = [item for item in every if item.region not in inside and item.corrects is None]
    assert own and strange
    city = reader("c-jilin")
    text = city.text(f"/gap?scheme={SCHEME}&tab=items")
    assert all(item.number in text for item in own)
    for item in strange:
        assert tree.region(item.region).name not in text
        assert city.drawer(f"/gap?scheme={SCHEME}&item={item.number}") is None
    assert "方案测算" not in city.text(f"/gap?scheme={SCHEME}")
    assert city.client.get(f"/export/gap/general-split.json?scheme={SCHEME}").status_code == 404
    assert city.client.get(f"/export/gap/scenarios.xlsx?scheme={SCHEME}").status_code == 404


def test_a_lead_under_inquiry_is_not_shown_to_the_city(own_engine: Engine) -> None:
    here = reading(own_engine, JILIN_CITY, Role.CITY)
    finding = gap_items.Finding("220221", {"kind": "less_other", "amount_fen": 5}, "facts", "evidence")
    with writing(own_engine) as connection:
        item = gap_items.register(connection, here.scheme, 2026, finding, By("p-monitor", "M", "social", NOW))
        assert item.number not in [one.number for one in who_pays(here).items]
    monitor = reading(own_engine, JILIN_CITY)
    assert item.number in [one.number for one in who_pays(monitor).items]
    assert item.number not in [one.number for one in who_pays(reading(own_engine, JILIN_CITY, Role.CITY)).items]


def test_general_gap_figures_carry_no_warning_colour(reader: Callable[..., Reader]) -> None:
    page = reader().page(f"/gap?scheme={SCHEME}")
    equation = next(node for node in nodes(page) if node["props"].get("className") == "equation")
    assert not [node for node in nodes(equation) if str(node["props"].get("className", "")).startswith("lv ")]


def test_a_scheme_without_credits_has_no_register_of_them(reader: Callable[..., Reader]) -> None:
    assert "超收台账" not in reader().text(f"/gap?scheme={SCHEME}&tab=credits")


def test_the_link_to_central_adjustment_stands_for_no_work_injury_fund(reader: Callable[..., Reader]) -> None:
    assert not [href for href in hrefs(reader().page(f"/gap?scheme={SCHEME}")) if href.startswith("/central")]


def test_double_counting_is_found(found: WhoPays) -> None:
    inside = next(item for item in found.items if not item.counted)
    told = [plain(said) for said in double_count(found.listed, found.now)]
    assert any(inside.number in said and "不重复计" in said for said in told)
    short = next(item for item in found.items if item.kind == "plan_shortfall")
    beside = replace(inside, number="26-99", counted=True, region=short.region)
    told = [plain(said) for said in double_count([short, beside], found.now)]
    assert any("26-99" in said and short.number in said for said in told)


def test_documents_are_filled_with_the_items_figures(reader: Callable[..., Reader], found: WhoPays) -> None:
    item = next(one for one in found.items if one.state == "told")
    owed = found.owed_for(item)
    text = words(reader().drawer(f"/gap?scheme={SCHEME}&item={item.number}"))
    assert owed is not None
    for part in ("管理性收支缺口认定书", item.facts, display.money(item.recognised_fen, "yuan"), owed.document):
        assert part in text
    letter = words(reader().drawer(f"/gap?scheme={SCHEME}&item=deduction"))
    assert display.money(owed.unpaid_fen, "yuan") in letter and "财政结算扣缴" in letter


# --- figures recomputed


def test_every_figure_is_given_again_by_its_download(
    reader: Callable[..., Reader], shared_engine: Engine, found: WhoPays
) -> None:
    here = reading(shared_engine)
    made = gap.calculations(here)
    assert {"general", "general-split", "without-surplus", "without-surplus-split"} <= made.keys()
    given = {}
    for code, (rule, _case) in made.items():
        answer = reader().client.get(f"/export/gap/{code.lower()}.json?scheme={SCHEME}")
        assert answer.status_code == 200, code
        given[code] = calculators()[rule].run(decode(answer.data), False)
    assert found.general is not None and found.without_surplus is not None
    for code, general in (("general", found.general), ("without-surplus", found.without_surplus)):
        whole, split = given[code], given[f"{code}-split"]
        assert (whole["gap_fen"], whole["covered_fen"]) == (general.gap_fen, general.covered_fen)  # type: ignore[index]
        assert (split["province_fen"], split["local_fen"]) == (general.province_fen, general.local_fen)  # type: ignore[index]
    for item in found.items:
        if item.corrects is None:
            assert given[f"item-{item.number}"]["items"][0]["amount_fen"] == item.amount_fen  # type: ignore[index]


def test_the_command_line_takes_a_download_as_it_is(reader: Callable[..., Reader], found: WhoPays) -> None:
    sent = reader().client.get(f"/export/gap/general.json?scheme={SCHEME}").data
    run = subprocess.run([sys.executable, "-m", "rules", "general_gap"], input=sent, capture_output=True, check=True)
    assert found.general is not None
    assert json.loads(run.stdout)["gap_fen"] == found.general.gap_fen


# --- files


def test_the_register_goes_out_as_a_sheet_with_exact_amounts(reader: Callable[..., Reader], found: WhoPays) -> None:
    answer = reader().client.get(f"/export/gap/items.xlsx?scheme={SCHEME}&tab=items")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    for item in found.items:
        assert item.number in cells
    assert any("演示数据" in cell for cell in cells)
    # Whoever has to sign is named, apart from the others.
    assert any(cell.startswith("会签中 ") and "税务 待签" in cell for cell in cells)


def test_a_scenario_goes_out_marked_as_one(reader: Callable[..., Reader]) -> None:
    answer = reader().client.get(f"/export/gap/scenarios.xlsx?scheme={SCHEME}&tab=scenarios")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert "方案（不影响实际数据）" in str(list(sheet.iter_rows(values_only=True)))


# --- acts


def test_an_item_is_registered_assessed_and_signed_by_those_who_may(site, own_engine: Engine) -> None:
    people = {login: sign_in(site, login) for login in ("p-monitor", "p-assessor", "p-finance", "p-tax", "c-jilin")}
    fields = {"kind": "less_other", "region": "220221", "amount_fen": "1234.56", "facts": "事由", "evidence": "证据"}
    answer = act(people["p-monitor"], "gap_register", **fields)
    assert answer.status_code == 200, answer.json
    number = max(items_of(own_engine), key=lambda n: items_of(own_engine)[n].id)
    item = items_of(own_engine)[number]
    assert (item.amount_fen, item.state) == (123_456, "lead")

    def do(login: str, name: str, **more: object) -> int:
        now = items_of(own_engine)[number]
        return int(act(people[login], name, number=number, row_version=now.row_version, **more).status_code)

    assert do("p-finance", "gap_assess", amount_fen="2000") == 403
    assert do("p-monitor", "gap_assess", amount_fen="2000.00") == 200
    assert do("c-jilin", "gap_sign", document="认1号") == 403
    assert do("p-monitor", "gap_sign", document="认1号") == 422  # assessed it: four eyes
    assert do("p-assessor", "gap_sign", document="认1号") == 200
    assert do("p-finance", "gap_sign", document="认1号") == 200
    assert do("p-finance", "gap_sign", document="认1号") == 422
    assert do("c-jilin", "gap_object", text="请重新核对") == 200
    assert do("p-tax", "gap_sign", document="认1号") == 422  # an objection waits
    assert do("p-monitor", "gap_answer", text="维持") == 200
    assert do("p-tax", "gap_sign", document="认1号") == 200
    assert do("p-monitor", "gap_tell", document="函9号", due_on="2026-12-31") == 200
    item = items_of(own_engine)[number]
    assert item.state == "told" and [step.department for step in item.signed] == ["social", "fiscal", "tax"]
    with own_engine.connect() as connection:
        owed = next(one for one in load_settlements(connection, SCHEME) if one.item == item.id)
        audited = connection.execute(select(schema.audit_event.c.action)).scalars().all()
    assert owed.due_fen == 200_000
    assert {"gap_register", "gap_assess", "gap_sign", "gap_object", "gap_answer", "gap_tell"} <= set(audited)


def test_what_is_stale_is_a_conflict_and_a_stranger_cannot_object(site, own_engine: Engine) -> None:
    item = next(one for one in items_of(own_engine).values() if one.state == "assessed")
    stale = act(sign_in(site, "p-tax"), "gap_sign", number=item.number, row_version=item.row_version - 1, document="1")
    assert stale.status_code == 409
    siping = sign_in(site, "c-siping")
    assert act(siping, "gap_object", number=item.number, row_version=item.row_version, text="不同意").status_code == 403
    local = sign_in(site, "monitor-of-jilin")
    assert act(local, "gap_answer", number=item.number, row_version=item.row_version, text="同意").status_code == 403
    assert items_of(own_engine)[item.number] == item


def test_a_payment_completes_the_item_and_a_city_reports_its_budget(site, own_engine: Engine) -> None:
    with own_engine.connect() as connection:
        owed = next(one for one in load_settlements(connection, SCHEME) if one.unpaid_fen > 0)
    finance = sign_in(site, "p-finance")
    fields = {
        "settlement": owed.id,
        "row_version": owed.row_version,
        "kind": "paid",
        "day": "2026-11-20",
        "document": "缴9号",
    }
    amount = f"{owed.unpaid_fen // 100}.{owed.unpaid_fen % 100:02d}"
    assert act(finance, "gap_payment", **fields, amount="999999999999").status_code == 422
    assert act(finance, "gap_payment", **fields, amount=amount).status_code == 200
    assert act(finance, "gap_payment", **fields, amount=amount).status_code == 409
    with own_engine.connect() as connection:
        item = next(one for one in load_gap_items(connection, SCHEME) if one.id == owed.item)
    assert item.state == "settled"
    stranger = sign_in(site, "c-siping")
    answer = act(
        stranger, "gap_budget", settlement=owed.id, row_version=owed.row_version + 1, budgeted="yes", document="1"
    )
    assert answer.status_code == 403


def test_a_scenario_is_saved_and_changes_nothing_else(site, own_engine: Engine) -> None:
    tables = [
        table for name, table in schema.metadata.tables.items() if name not in ("scenario", "audit_event", "session")
    ]

    def counts() -> list[int]:
        with own_engine.connect() as connection:
            return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]

    before, figures = counts(), who_pays(reading(own_engine)).general
    monitor = sign_in(site, "p-monitor")
    weights = {"weight-insured": "0.9", "weight-fiscal": "0.2"}
    assert act(monitor, "save_scenario", name="权重不足", **weights).status_code == 422
    answer = act(monitor, "save_scenario", name="试算一", surplus_share="0", province_share="0.3", collection_all="-1")
    assert answer.status_code == 200, answer.json
    assert counts() == before and who_pays(reading(own_engine)).general == figures
    text = monitor.text(answer.json["href"])
    assert "试算一" in text and "方案（不影响实际数据）" in text and "省级分担比例 0.3" in text
    assert act(sign_in(site, "p-leader"), "save_scenario", name="x").status_code == 403


def test_only_the_administrator_sets_a_parameter_and_every_page_reads_it(site, own_engine: Engine) -> None:
    fields = {"code": "surplus_share", "value": "0.25", "starts_on": "2026-01-01", "reason": "联席会议议定"}
    assert act(sign_in(site, "p-monitor"), "set_parameter", **fields).status_code == 403
    admin = sign_in(site, "p-system_admin")
    assert act(admin, "set_parameter", **{**fields, "reason": ""}).status_code == 422
    assert act(admin, "set_parameter", **fields).status_code == 200
    general = who_pays(reading(own_engine)).general
    assert general is not None and general.local_fen > 0
    assert abs(general.covered_fen * 4 - general.gap_fen) < 4
    assert "地方分担0.00" not in sign_in(site, "p-leader").text(f"/gap?scheme={SCHEME}")
    text = words(admin.drawer(f"/gap?scheme={SCHEME}&item=parameters"))
    assert "联席会议议定" in text and "0.25" in text


def test_shares_are_issued_by_finance_once(site, own_engine: Engine) -> None:
    admin, finance = sign_in(site, "p-system_admin"), sign_in(site, "p-finance")
    act(admin, "set_parameter", code="surplus_share", value="0", starts_on="2026-01-01", reason="试")
    general = who_pays(reading(own_engine)).general
    assert general is not None
    answer = act(finance, "gap_issue", document="财社1号", due_on="2026-12-31")
    assert answer.status_code == 200, answer.json
    with own_engine.connect() as connection:
        due = [one for one in load_settlements(connection, SCHEME) if one.basis == "general"]
    assert sum(one.due_fen for one in due) == general.local_fen
    assert act(finance, "gap_issue", document="财社2号", due_on="2026-12-31").status_code == 422


def test_the_forecast_comes_before_the_registered_estimate(shared_engine: Engine, found: WhoPays) -> None:
    expected = gap_account.expected_gaps(reading(shared_engine), found)
    assert expected and all(fen > 0 for fen in expected.values())


def test_a_form_is_offered_only_where_the_step_can_be_made(
    shared_engine: Engine, reader: Callable[..., Reader], found: WhoPays
) -> None:
    signing = next(item for item in found.items if item.state == "signing")

    def offered(login: str) -> set[str]:
        drawer = reader(login).drawer(f"/gap?scheme={SCHEME}&item={signing.number}")
        return {str(node["props"].get("data-act")) for node in nodes(drawer) if node["type"] == "Form"}

    assert "gap_sign" in offered("p-tax")
    assert "gap_sign" not in offered("p-finance")  # has signed
    assert offered("p-leader") == offered("p-auditor") == set()


def test_the_register_of_another_year_is_empty(shared_engine: Engine) -> None:
    with shared_engine.connect() as connection:
        assert load_gap_items(connection, SCHEME, 2020) == ()
        assert gap_item(connection, SCHEME, "20-01") is None
    assert gap_drawer.drawer(reading(shared_engine), who_pays(reading(shared_engine))) is None
    assert date(2026, 12, 31) > NOW.date()


def test_every_factor_of_a_profile_is_named_for_translation() -> None:
    profiles = [load_scheme(code) for code in profile_codes()]
    factors = [
        one.value
        for profile in profiles
        if "gap_factors" in profile.parameters
        for one in profile.parameters["gap_factors"].values
    ]
    assert factors and {factor["label"] for value in factors for factor in value} <= set(FACTOR_LABELS)  # type: ignore[attr-defined]
