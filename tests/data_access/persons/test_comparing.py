"""Data comparison: what was planted is found to the fen, what only looks like it is not; what was raised is not raised again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ibis.backends import BaseBackend
from sqlalchemy import Engine

from data_access.persons.comparing import Compared, Limit, compare
from data_access.persons.door import Taken, take
from data_access.persons.engines import engine_of
from data_access.persons.identity import Pseudonyms, check_digit
from data_access.persons.lake import Lake
from data_access.persons.tables import PERSON_ENTRY, REGISTERS
from demonstration.persons import BOOKED, LOWER_FEN, SCHEME, SOURCE, Planted, Simulated, simulate, write_files
from rules.persons.comparisons import COMPARISONS, FACTS

MONTHS = (202511, 202512, 202601, 202602, 202603, 202604, 202605, 202606)
UNTIL = 202610
LIMITS = [Limit(SCHEME, year, LOWER_FEN, 2400, 2000) for year in (2025, 2026)]


def into_lakes(lake: Lake, simulated: Simulated) -> None:
    with lake.writing("key") as writer:
        writer.append("entries", "e", simulated.entries, 0, BOOKED)
    with lake.registers.writing("key") as writer:
        writer.append("records", "r", simulated.records, 0, BOOKED)


def planted(found: list[Compared]) -> Planted:
    return {(one.rule, one.region, one.person): dict(one.months) for answer in found for one in answer.suspicions}


@pytest.fixture(scope="module")
def simulated() -> Simulated:
    return simulate(2_000, MONTHS, 3)


@pytest.fixture(scope="module")
def lake(simulated: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = Lake(tmp_path_factory.mktemp("lake"))
    into_lakes(made, simulated)
    return made


@pytest.fixture(scope="module")
def duckdb(lake: Lake) -> Iterator[BaseBackend]:
    with engine_of("duckdb://?threads=1", lake.scratch) as engine:
        yield engine


@pytest.fixture(scope="module")
def found(duckdb: BaseBackend, lake: Lake) -> list[Compared]:
    return compare(duckdb, lake, list(COMPARISONS), UNTIL, LIMITS, {})


def test_every_planted_case_is_found_to_the_fen_and_no_other(found: list[Compared], simulated: Simulated) -> None:
    assert planted(found) == simulated.planted
    assert {rule for rule, _, _ in simulated.planted} == set(COMPARISONS)
    assert not any(answer.missing for answer in found)
    told = {code for answer in found for one in answer.suspicions for code, _ in one.facts}
    assert told <= set(FACTS) and "died_on" in told


def test_what_was_raised_is_not_raised_again_and_what_grew_is(
    duckdb: BaseBackend, lake: Lake, found: list[Compared]
) -> None:
    raised = {
        (one.rule, one.scheme, one.region, one.person): dict(one.months)
        for answer in found
        for one in answer.suspicions
    }
    assert not any(one.suspicions for one in compare(duckdb, lake, list(COMPARISONS), UNTIL, LIMITS, raised))
    key = next(one for one in raised if one[0] == "paid_in_custody")
    month, fen = min(raised[key].items())
    another = max(raised[key])
    raised[key] = raised[key] | {month: fen - 7, another: raised[key][another] + 1}
    (again,) = compare(duckdb, lake, ["paid_in_custody"], UNTIL, LIMITS, raised)
    assert [(one.person, one.months) for one in again.suspicions] == [(key[3], ((month, 7),))]


def test_nothing_is_said_of_months_after_the_last_one_asked(duckdb: BaseBackend, lake: Lake) -> None:
    for answer in compare(duckdb, lake, list(COMPARISONS), MONTHS[3], LIMITS, {}):
        assert all(month <= MONTHS[3] for one in answer.suspicions for month, _ in one.months)


def test_a_rule_whose_register_was_never_delivered_is_not_asked(
    duckdb: BaseBackend, lake: Lake, tmp_path: Path
) -> None:
    alone = Lake(tmp_path / "lake")
    asked = compare(duckdb, alone, list(COMPARISONS), UNTIL, [], {})
    assert {one.rule: set(one.missing) for one in asked} == {
        rule.code: {one.code for one in rule.inputs} for rule in COMPARISONS.values()
    }
    (base,) = compare(duckdb, lake, ["base_under_limit"], UNTIL, [], {})
    assert base.missing == ("avg_wage",) and not base.suspicions


def test_what_registers_say_comes_through_the_door(codes: Engine, duckdb: BaseBackend, tmp_path: Path) -> None:
    """A woman in flexible work, 52 by her identity number, retired without a document; then the document comes."""
    lake = Lake(tmp_path / "lake")
    number = "32010219740601002"
    number += check_digit(number)
    head = "公民身份号码,统筹制度,地区代码,退休年月,原法定退休年龄,参保身份,退休类别,审批文号,登记来源,登记流水号,更正流水号"

    def deliver(into: Lake, name: str, text: str) -> Taken:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        table = PERSON_ENTRY if into is lake else REGISTERS["person_retirement"]
        return take(codes, into, Pseudonyms(b"k" * 32), path, table, now=BOOKED)

    entry = "person,scheme,region,item,movement,month,amount_fen,source,source_ref"
    row = f"{number},{SCHEME},320102,pension,pay,202608,345600,js-agency,P-1"
    assert deliver(lake, "paid.csv", f"{entry}\n{row}\n").state == "loaded"
    record = f"{number},{SCHEME},320102,202607,女55,灵活就业,正常"
    refused = deliver(lake.registers, "wrong.csv", f"{head}\n{record},,{number},R-1,\n{record},{number},省厅,R-2,\n")
    assert [(one.column, one.reason) for one in refused.rejections] == [
        ("source", "person_in_text"),
        ("document", "person_in_text"),
    ]
    taken = deliver(lake.registers, "one.csv", f"{head}\n{record},,省厅,R-1,\n")
    assert (taken.state, taken.inserted) == ("loaded", 1)
    rules = ["female_flexible_before_55", "early_retirement_unapproved"]
    woman, early = compare(duckdb, lake, rules, UNTIL, [], {})
    (one,) = woman.suspicions
    assert (one.region, one.months, dict(one.facts)["due_month"]) == ("320102", ((202608, 345600),), "202906")
    assert not early.suspicions, "what the one rule says the other does not say again"
    assert deliver(lake.registers, "two.csv", f"{head}\n{record},宁人社退〔2026〕9号,省厅,R-2,R-1\n").state == "loaded"
    assert not any(answer.suspicions for answer in compare(duckdb, lake, rules, UNTIL, [], {}))
    kept = [path.read_bytes() for path in lake.folder.rglob("*") if path.is_file()]
    assert not any(number.encode() in one for one in kept)


def test_files_of_simulated_persons_come_in_and_give_the_same(
    codes: Engine, duckdb: BaseBackend, tmp_path: Path
) -> None:
    simulated = simulate(300, MONTHS, 1)
    lake, key = Lake(tmp_path / "lake"), Pseudonyms(b"k" * 32)
    for name, path in write_files(simulated, tmp_path / "files").items():
        path.write_text(path.read_text(encoding="utf-8").replace(SOURCE, "js-agency"), encoding="utf-8")
        into, table = (lake, PERSON_ENTRY) if name == "person_entry" else (lake.registers, REGISTERS[name])
        taken = take(codes, into, key, path, table, now=BOOKED)
        assert (taken.state, taken.rejected) == ("loaded", 0), taken.rejections[:3]
    found = planted(compare(duckdb, lake, list(COMPARISONS), UNTIL, LIMITS, {}))
    assert sorted((rule, region, sorted(months.items())) for (rule, region, _), months in found.items()) == sorted(
        (rule, region, sorted(months.items())) for (rule, region, _), months in simulated.planted.items()
    )
