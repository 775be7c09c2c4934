"""中长期测算: what the page says is what the rules give for the stored cases, with the reform and without it, under a shock,
where the money lasts beyond the projection, where nothing was computed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete

from dashboard import create_site
from dashboard.charts.theme import LIGHT
from dashboard.components.parts import plain
from dashboard.components.table import Row, Table, cell, raw
from dashboard.pages.outlook import fan, figures, panel, persons, pressures, sentence, years
from dashboard.pages.outlook.page import PAGE
from dashboard.pages.outlook.reading import Outlook, outlook
from dashboard.site.reading import Reading, read
from dashboard.site.view import View
from dashboard.words import display
from dashboard.words.wording import in_language
from data_access.books.outlook.results import FAILED, Computed, write_runs
from data_access.books.published import Published
from data_access.store import schema
from data_access.store.engine import writing
from rules import break_even_rate
from rules.alerts.threshold import Level
from rules.calculators.reading import read as as_case
from rules.month import Month
from rules.movements import Account
from rules.projection import cohort_projection
from rules.projection.stress import Settings, Shock
from rules.scheme import load_scheme
from tests.dashboard.conftest import hrefs, nodes, sign_in
from tests.dashboard.watched import unlike
from tests.demonstration_store import JILIN_CITY, NOW, PROVINCE, SCHEME as INJURY, copy_of, site_on
from workflows.outlook.assumptions import Assumption, Basis
from workflows.outlook.runs import Base, computed
from workflows.people.accounts import Role
from workflows.people.rights import Scope
from workflows.thresholds.register import limits

SCHEME = "jilin-pension"
GOLDEN = Path(__file__).parents[3] / "rules" / "golden" / "cohort_projection.json"
SHOCKS = (
    Shock("interest", "interest", Decimal("0.01")),
    Shock("adjustment", "adjustment", Decimal("0.01")),
    Shock("retirement", "retirement", Decimal(1)),
    Shock("collection", "collection", Decimal("-0.03"), to_year=2030),
)
LOW = (Shock("low", "collection", Decimal("-0.1")),)
HIGH = (Shock("high", "collection", Decimal("0.05")), Shock("wage", "wage", Decimal("0.01")))
ASSUMED = (
    Assumption("collection", ("0.95",), "assumed", "近3年实绩"),
    Assumption("retirement", ("statutory",), "enacted", "2024年9月13日决定"),
)
OPENED: list[Connection] = []
RATES = (Assumption("employer_rate", ("0.16",), "assumed", "文件未载明，按国家规定"),)


def case(rate: str) -> cohort_projection.Case:
    """One group over thirty years. With a rate of 0.12 mid is used up in August 2053, with 0.13 after the projection."""
    given = json.loads(GOLDEN.read_text(encoding="utf-8"), parse_float=Decimal)[0]["input"]
    whole = as_case(cohort_projection.Case, given)
    groups = (replace(whole.groups[0], rate=Decimal(rate)),)
    return replace(whole, horizon=30, groups=groups, others=(), opening_fen=2 * 10**13)


def projections(rate: str, assumed: tuple[Assumption, ...] = ASSUMED) -> list[Computed]:
    base = case(rate)
    back = replace(base, base_year=2022, horizon=3, opening_fen=19 * 10**12)
    basis = Basis(assumed, Settings(LOW, HIGH, SHOCKS), 2025, rates=RATES if assumed == ASSUMED else ())
    return list(computed(Base(base, basis, back)))


def keep(engine: Engine, made: Iterable[Computed], version: int = 1) -> None:
    with writing(engine) as connection:
        write_runs(connection, SCHEME, version, made, NOW)


def with_pension(engine: Engine) -> None:
    """A pension scheme beside the work injury's, without a ledger."""
    scheme = load_scheme(SCHEME)
    row = {name: getattr(scheme, name) for name in ("code", "name", "name_en", "fund", "province")}
    with writing(engine) as connection:
        connection.execute(schema.scheme.insert().values(**row, kind="ledger", demo=True))


@pytest.fixture(autouse=True)
def _given_back() -> Iterator[None]:
    """A reading reads on while a test looks at it; its connection goes back to the pool with the test."""
    yield
    while OPENED:
        OPENED.pop().close()


@pytest.fixture(scope="module")
def engine(store_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The run's store with a pension that is used up."""
    with copy_of(store_file, tmp_path_factory.mktemp("outlook")) as made:
        with_pension(made)
        keep(made, projections("0.12"))
        yield made


@pytest.fixture
def lasting(own_engine: Engine) -> Engine:
    """The same with a pension that lasts, and whose every assumption is laid down."""
    with_pension(own_engine)
    keep(own_engine, projections("0.13", ASSUMED[1:]))
    return own_engine


def looked(engine: Engine, scheme: str = SCHEME, **view: str) -> Reading:
    OPENED.append(connection := engine.connect())
    return read(Published(connection), View("/outlook", scheme, **view), Scope(Role.MONITOR, PROVINCE, None), NOW)


def seen(engine: Engine, scheme: str = SCHEME, **view: str) -> tuple[Reading, Outlook]:
    reading = looked(engine, scheme, **view)
    found = outlook(reading)
    assert found is not None
    return reading, found


def months(given: cohort_projection.Case, **assumed: object) -> int | None:
    """The month of exhaustion under other assumptions, by the rule alone."""
    other = replace(given, assumptions=replace(given.assumptions, **assumed))  # type: ignore[arg-type]
    at = cohort_projection.calculate(other).exhausted
    return None if at is None else at.year * 12 + at.month


def years_of(count: int) -> str:
    return display.number(Decimal(count) / 12, 1)


def table(reading: Reading, code: str) -> Table:
    found = PAGE.table(reading, code)
    assert found is not None
    return found


# --- the sentence


def test_the_sentence_is_what_the_rule_gives_for_the_stored_case(engine: Engine) -> None:
    given = case("0.12")
    mid, original = months(given), months(given, retirement="original")
    less = months(given, collection=Decimal("0.94"))
    assert mid is not None and original is not None and less is not None
    said = (
        f"按中方案，全省基金可支撑到{(mid - 1) // 12}年；延迟退休使其推后{years_of(mid - original)}年；"
        f"征缴率每低1个百分点提前约{years_of(mid - less)}年。"
    )
    assert plain(sentence.first(*seen(engine))) == said
    # A growth, and a rate that no document lays down.
    reading, found = seen(engine)
    assert plain(sentence.second(found)) == "测算，非预算或预测；暂定参数2项。"
    told = {row.values["what"]: (row.values["value"], row.values["state"]) for row in panel.table(reading, found).rows}
    assert told["单位缴费比例"] == ("16%", "暂定")


def test_without_the_reform_the_whole_page_is_of_the_other_projection(engine: Engine) -> None:
    given = case("0.12")
    mid, original = months(given), months(given, retirement="original")
    less = months(given, retirement="original", collection=Decimal("0.94"))
    assert mid is not None and original is not None and less is not None
    reading, found = seen(engine, ret="off")
    assert plain(sentence.first(reading, found)) == (
        f"按中方案、不延迟退休，全省基金可支撑到{(original - 1) // 12}年；延迟退休可使其推后{years_of(mid - original)}年；"
        f"征缴率每低1个百分点提前约{years_of(original - less)}年。"
    )
    closing = cohort_projection.calculate(
        replace(given, assumptions=replace(given.assumptions, retirement="original"))
    ).years
    assert [row.values["closing"] for row in table(reading, "years").rows] == [one.closing_fen for one in closing]
    assert figures.cells(reading, found)[0].figure == str((original - 1) // 12)
    # To put off retirement is no shock where it is not put off.
    assert {one.shock.on for one in pressures.pressures(found)} == {"interest", "adjustment", "collection"}
    assert "retirement" in {one.shock.on for one in pressures.pressures(seen(engine)[1])}


def test_a_fund_that_lasts_beyond_the_projection_has_no_year_no_flag_and_needs_no_higher_rate(lasting: Engine) -> None:
    given = case("0.13")
    result, original = cohort_projection.calculate(given), months(given, retirement="original")
    assert result.exhausted is None and original is not None
    reading, found = seen(lasting)
    closing = display.money(result.years[-1].closing_fen)
    assert plain(sentence.first(reading, found)) == (
        f"按中方案，全省基金可支撑到2055年后，当年末结余{closing}亿元；不延迟退休则{(original - 1) // 12}年用尽。"
    )
    assert plain(sentence.second(found)) == "测算，非预算或预测；参数均已定。"
    until, _range, balanced, _support, _ten, missing = figures.cells(reading, found)
    assert until.figure == "2055后" and missing.figure == display.NO_VALUE
    assert "不需提高" in plain(balanced.lines[0])  # type: ignore[arg-type]
    drawn = fan.fan(reading, found).draw(LIGHT)["data"]
    flags = next(one for one in drawn if one.get("mode") == "markers+text")
    # Low and mid without the reform are used up; mid and high are not.
    assert flags["text"] == ["1", "2"] and all(x < 2055 for x in flags["x"])


# --- the figures


def test_the_balanced_rate_ends_the_projection_at_zero(engine: Engine) -> None:
    reading, found = seen(engine)
    printed = figures.cells(reading, found)[2].figure
    rate = Decimal(str(printed)) / 100
    given = case("0.12")
    closing = [
        cohort_projection.calculate(replace(given, groups=(replace(given.groups[0], rate=one),))).years[-1].closing_fen
        for one in (rate - Decimal("0.0001"), rate + Decimal("0.0001"))
    ]
    assert closing[0] < 0 < closing[1]


def test_what_is_missing_in_all_is_the_debt_at_the_end(engine: Engine) -> None:
    reading, found = seen(engine)
    missing = found.mid.missing
    assert missing is not None
    assert missing.amount_fen == -cohort_projection.calculate(case("0.12")).years[-1].closing_fen
    assert 0 < missing.worth_fen < missing.amount_fen
    assert figures.cells(reading, found)[5].figure == display.money(missing.worth_fen)


def test_the_year_from_which_the_months_payable_are_below_the_red_limit_is_named(engine: Engine) -> None:
    reading, found = seen(engine)
    rows = [one for one in reading.ask(limits, "months_payable") if one.scope.scheme in (None, SCHEME)]
    spec = max(rows, key=lambda one: one.scope.score)
    red = next(one.at for one in spec.threshold.limits if one.level is Level.RED)
    payable = {one.year: one.months_payable for one in cohort_projection.calculate(case("0.12")).years}
    first = next(year for year in payable if all((payable[later] or 0) < red for later in range(year, 2056)))
    assert 2036 < first <= 2053
    said = [plain(line) for line in figures.cells(reading, found)[4].lines]  # type: ignore[arg-type]
    assert said[1] == f"{first}年末起低于红色标准 {display.as_set(red)}"
    every = schema.threshold.update().where(schema.threshold.c.indicator == "months_payable")
    with writing(engine) as connection:
        connection.execute(every.values(enabled=False))
    reading, found = seen(engine)
    assert len(figures.cells(reading, found)[4].lines) == 1
    with writing(engine) as connection:
        connection.execute(every.values(enabled=True))


# --- year by year


def test_every_year_adds_up_to_the_fen_and_begins_where_the_one_before_ended(engine: Engine) -> None:
    for view in ({}, {"variant": "low"}, {"shock": "adjustment"}, {"ret": "off", "variant": "high"}):
        opening = case("0.12").opening_fen
        for row in table(looked(engine, **view), "years").rows:
            at = row.values
            assert at["opening"] == opening
            assert at["opening"] + at["income"] + at["interest"] - at["expenditure"] == at["closing"]
            assert at["income"] - at["expenditure"] == at["result"]
            opening = at["closing"]
        assert opening != case("0.12").opening_fen


def test_a_row_that_does_not_add_up_as_it_is_read_is_said_to_be_rounded(engine: Engine) -> None:
    made = table(looked(engine), "years")
    columns = {column.key: column for column in made.columns}
    off = set()
    for row in made.rows:
        opening, income, interest, spent, closing = (
            display.as_read(cell(made, columns[key], row))
            for key in ("opening", "income", "interest", "expenditure", "closing")
        )
        off.add(abs(opening + income + interest - spent - closing))
    assert off == {Decimal("0.00"), Decimal("0.01")} and made.note.startswith("分项四舍五入，相差0.01")
    assert "分项四舍五入，相差0.01" in sign_in(create_site(site_on(engine, Path())).server, "p-monitor").text(
        f"/outlook?scheme={SCHEME}&show=all"
    )


def test_the_page_shows_eleven_years_every_fifth_and_those_around_exhaustion_until_all_are_asked_for(
    engine: Engine,
) -> None:
    reading, found = seen(engine)
    shown = [row.period for row in years.year_table(reading, found, every=False).rows]
    assert shown == [str(year) for year in (*range(2026, 2037), 2040, 2045, 2050, 2052, 2053, 2055)]
    monitor = sign_in(create_site(site_on(engine, Path())).server, "p-monitor")
    assert "展开全部30年" in (text := monitor.text(f"/outlook?scheme={SCHEME}")) and "2041" not in _years(text)
    every = monitor.text(f"/outlook?scheme={SCHEME}&show=all")
    assert "收起" in every and {"2041", "2054"} <= set(_years(every))


def _years(text: str) -> list[str]:
    """The years of the table, as they stand in the page's text."""
    section = text.partition("年末结余可支付 月数")[2]
    return [year for year in map(str, range(2026, 2056)) if year in section]


def test_the_first_year_is_compared_with_what_the_ledger_lets_expect(engine: Engine) -> None:
    reading, found = seen(engine, INJURY)
    facts, root = reading.running.snapshot.facts, reading.tree.root
    forecasts = reading.snapshot.forecasts([root])
    last = forecasts[root, "income_total"].last
    at = slice(facts.index(Month.at(2026, 1)), facts.index(last) + 1)

    def expected(line: str, booked: Any) -> int:
        rest = forecasts[root, line].year_end(2026)
        assert rest is not None
        return int(booked[at].sum()) + rest.total_fen

    income = expected("income_total", facts.income(root))
    income -= sum(
        expected(item, facts.item(root, item)) for item in ("interest", "investment") if (root, item) in forecasts
    )
    spent = expected("expenditure_total", facts.expenditure(root))
    text = plain(years.first_year(reading, found))
    projected = found.mid.years[0]
    for booked, made in ((income, projected.income_fen), (spent, projected.expenditure_fen)):
        off = display.number(Decimal(made - booked) * 100 / booked, 2, signed=True)
        assert f"{display.money(made)}，按账全年预计 {display.money(booked)}，差 {off}%" in text


def test_the_back_test_stands_beside_what_came(engine: Engine) -> None:
    _reading, found = seen(engine)
    given = case("0.12")
    back = cohort_projection.calculate(replace(given, base_year=2022, horizon=3, opening_fen=19 * 10**12)).years[-1]
    off = display.number(abs(Decimal(back.closing_fen - given.opening_fen)) * 100 / given.opening_fen, 2)
    said = plain(years.backtest(found))
    assert said.startswith(f"回测：用2022年底数据测算2025年末结余 {display.money(back.closing_fen)}，实际 ")
    assert said.endswith(
        f"{display.money(given.opening_fen)}，{'高' if back.closing_fen > given.opening_fen else '低'} {off}%。"
    )


# --- the stress test


def test_the_heaviest_shock_stands_first_and_each_says_by_how_much_sooner(engine: Engine) -> None:
    _reading, found = seen(engine)
    every = pressures.pressures(found)
    assert [one.shock.code for one in every] == ["retirement", "adjustment", "collection", "interest"]
    given, mid = case("0.12"), months(case("0.12"))
    assert mid is not None
    alone = {
        "retirement": months(given, retirement="original"),
        "adjustment": months(given, adjustment=tuple(one + Decimal("0.01") for one in given.assumptions.adjustment)),  # type: ignore[union-attr]
        "interest": months(given, interest=tuple(one + Decimal("0.01") for one in given.assumptions.interest)),  # type: ignore[union-attr]
    }
    told = {one.shock.code: one.months for one in every}
    assert {code: mid - (at or 0) for code, at in alone.items()} == {code: told[code] for code in alone}
    assert told["interest"] is not None and told["interest"] < 0
    rows = {str(row.values["name"]): row for row in pressures.pressure_table(found).rows}
    assert "征缴率 −3个百分点（至2030年）" in rows and "不延迟退休" in rows


def test_a_shock_that_is_chosen_turns_table_and_chart_and_is_put_back_by_escape(engine: Engine) -> None:
    given = case("0.12")
    grown = tuple(one + Decimal("0.01") for one in given.assumptions.adjustment)  # type: ignore[union-attr]
    made = cohort_projection.calculate(replace(given, assumptions=replace(given.assumptions, adjustment=grown)))
    reading = looked(engine, shock="adjustment")
    rows = table(reading, "years").rows
    assert [row.values["closing"] for row in rows] == [one.closing_fen for one in made.years]
    chart = PAGE.chart(reading, "fan")
    assert chart is not None and [one.key for one in chart.table.columns] == [
        "year", "ledger", "low", "mid", "high", "other", "shock",
    ]  # fmt: skip
    monitor = sign_in(create_site(site_on(engine, Path())).server, "p-monitor")
    address = f"/outlook?scheme={SCHEME}"
    assert any("shock=adjustment" in href for href in hrefs(monitor.page(address)))
    page = monitor.page(f"{address}&shock=adjustment")
    (back,) = [one["props"] for one in nodes(page) if one["props"].get("data-key") == "escape"]
    assert "shock=" not in back["href"]
    assert "shock=nonsense" not in monitor.text(f"{address}&shock=nonsense")


def test_collection_found_in_reverse_uses_the_fund_up_by_the_year_and_a_little_more_does_not(engine: Engine) -> None:
    _reading, found = seen(engine)
    said = plain(pressures.reverse(found))
    given = case("0.12")
    assert found.asked is not None and found.test is not None
    for asked, size in zip(found.asked.reverse, (one.size for one in found.test.reverse), strict=True):
        assert size is not None
        level = Decimal("0.95") + size
        assert f"征缴率降到{display.number(level * 100)}%，{asked.exhausted_by}年用尽" in said
        last = asked.exhausted_by * 12 + 12
        at, more = (months(given, collection=one) for one in (level, level + Decimal("0.0001")))
        assert at is not None and at <= last
        assert more is None or more > last


# --- the charts


@pytest.mark.parametrize("view", [{}, {"ret": "off"}, {"shock": "adjustment", "variant": "low"}])
def test_no_line_is_drawn_below_zero_and_each_ends_where_its_fund_is_used_up(
    engine: Engine, view: Mapping[str, str]
) -> None:
    reading, found = seen(engine, **view)
    chart = fan.fan(reading, found)
    drawn = chart.draw(LIGHT)["data"]
    assert all(y is None or y >= 0 for one in drawn for y in one["y"])
    assert all((raw(value) or 0) >= 0 for row in chart.table.rows for key, value in row.values.items() if key != "year")
    assert unlike(chart) == [] == unlike(persons.persons(found))
    ends = sorted(
        at.year + (at.month - 12) / 12 for line in fan.lines(found) if (at := line.course.exhausted) is not None
    )
    flags = next(one for one in drawn if one.get("mode") == "markers+text")
    assert flags["x"] == ends and flags["text"] == [str(number) for number in range(1, len(ends) + 1)]
    last = [one["x"][-1] for one in drawn if one.get("mode") == "lines" and one["y"][-1] == 0 and "fill" not in one]
    assert sorted(last) == ends


def test_the_ledger_joins_the_projection_with_its_newest_month(engine: Engine) -> None:
    reading, found = seen(engine, INJURY)
    facts, root = reading.snapshot.facts, reading.tree.root
    chart = fan.fan(reading, found)
    known = [row for row in chart.table.rows if raw(row.values.get("ledger")) is not None]
    assert [row.values["year"] for row in known][-2:] == ["2025", "2026年10月"]
    assert raw(known[-1].values["ledger"]) == int(facts.result_balance(root)[facts.index(202610)])
    lines = [one for one in chart.draw(LIGHT)["data"] if one.get("line", {}).get("dash")]
    newest = display.axis_value(raw(known[-1].values["ledger"]))
    assert lines and all((one["x"][0], one["y"][0]) == (2026 - 2 / 12, newest) for one in lines)
    assert unlike(chart) == []


# --- the work injury


def test_the_work_injury_tells_reserve_and_the_rate_that_covers_each_year(engine: Engine) -> None:
    reading, found = seen(engine, INJURY)
    assert found.by_totals and found.reform is None and "按总量与增速测算" in plain(sentence.second(found))
    facts, root = reading.running.snapshot.facts, reading.tree.root
    share = Decimal(str(reading.scheme.parameter("reserve_ratio", reading.today).value))
    held = int(facts.account(root, Account.RESERVE)[facts.index(202512)])
    rows = table(reading, "reserve").rows
    assert len(rows) == 10
    for row, year in zip(rows, found.mid.years, strict=True):
        at = row.values
        assert at["addition"] == break_even_rate.reserve_addition(year.expenditure_fen, held, share)
        held += at["addition"]
        assert at["reserve"] == held >= round(year.expenditure_fen * share) - 1
        collected = Decimal(str(found.mid.case.assumptions.collection))
        needed = at["expenditure"] + at["addition"] - at["other"]
        assert abs(at["rate"] / 100 - Decimal(needed) / (at["base"] * collected)) < Decimal("0.000001")
    text = plain(sentence.first(reading, found))
    assert (
        f"储备金须达到{display.money(held)}亿元" in text and f"到{display.number(rows[-1].values['rate'], 3)}%" in text
    )


# --- where there is nothing


def test_without_a_projection_the_page_says_why(own_engine: Engine) -> None:
    with_pension(own_engine)
    monitor = sign_in(create_site(site_on(own_engine, Path())).server, "p-monitor")
    assert "还没有中长期测算" in monitor.text(f"/outlook?scheme={SCHEME}")
    assert not [code for code in (*PAGE.tables, *PAGE.charts) if PAGE.table(looked(own_engine), code)]
    failed = json.dumps({"message": "got −3, needs a number from 0", "path": "assumptions.collection"})
    keep(own_engine, [Computed(FAILED, "", "", "", failed)])
    text = monitor.text(f"/outlook?scheme={SCHEME}&show=all")
    assert "中长期测算没有算成" in text and "assumptions.collection" in text


def test_where_computing_failed_the_last_result_stands_with_its_day_and_the_reason(own_engine: Engine) -> None:
    with_pension(own_engine)
    keep(own_engine, projections("0.13"))
    keep(own_engine, [Computed(FAILED, "", "", "", json.dumps({"message": "got −3, needs a number from 0"}))])
    server = create_site(site_on(own_engine, Path())).server
    text = sign_in(server, "p-monitor").text(f"/outlook?scheme={SCHEME}")
    assert "11月20日所算，参数或数据已改，重算未成" in text and "got −3" in text and "可支撑到2055年后" in text
    with writing(own_engine) as connection:
        connection.execute(delete(schema.outlook_run).where(schema.outlook_run.c.variant == FAILED))
    keep(own_engine, [Computed(FAILED, "", "", "", "")])
    assert "重算未成" not in sign_in(server, "p-leader").text(f"/outlook?scheme={SCHEME}")


# --- who sees it, and how


def test_no_city_sees_the_projection_or_takes_a_file_of_it(engine: Engine) -> None:
    server = create_site(site_on(engine, Path())).server
    for login in ("c-jilin", "monitor-of-jilin"):
        client = sign_in(server, login).client
        assert client.get(f"/outlook?scheme={INJURY}").status_code == 403
        for file in ("years.xlsx", "fan.json", "figures.csv", "pressures.xlsx", "reserve.csv"):
            answer = client.get(f"/export/outlook/{file}?scheme={INJURY}&region={JILIN_CITY}")
            assert answer.status_code in (403, 404), (login, file)
    assert sign_in(server, "p-monitor").client.get(f"/export/outlook/years.csv?scheme={INJURY}").status_code == 200


def test_keys_choose_the_variant_show_the_table_and_open_the_files(engine: Engine) -> None:
    monitor = sign_in(create_site(site_on(engine, Path())).server, "p-monitor")
    keys = {
        one["props"]["data-key"]: str(one["props"].get("href") or "")
        for one in nodes(monitor.page(f"/outlook?scheme={SCHEME}"))
        if "data-key" in one["props"]
    }
    assert set(keys) == {"1", "2", "3", "t", "e"}
    assert "variant=low" in keys["1"] and "variant=" not in keys["2"] and "variant=high" in keys["3"]
    assert "show=fan-table" in keys["t"]


def test_in_english_every_figure_is_the_same(engine: Engine) -> None:
    chinese, english = table(looked(engine), "years"), None
    with in_language("en"):
        english = table(looked(engine), "years")
        assert "lasts until 2053; the retirement reform makes that" in plain(sentence.first(*seen(engine)))
    for ours, theirs in zip(chinese.rows, english.rows, strict=True):
        assert _exact(chinese, ours) == _exact(english, theirs)


def _exact(made: Table, row: Row) -> list[object]:
    return [raw(row.values[column.key]) for column in made.columns if column.kind != "text"]
