"""Simulated persons with planted contradictions: what a comparison has to find, and what it must leave alone.
``python -m demonstration.persons FOLDER`` writes them as files for ``flask persons import``.

Rows and records as the lakes keep them. Each person has at most one story, so that what is planted is known to the fen:
beside every planted case stand innocent ones that look like it (a payment after death that was reversed, a move without a
month in both places, an early retirement with its approval, two small bases that add up, a record that was withdrawn).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from data_access.intake.reference import reference_rows
from data_access.persons.identity import check_digit
from data_access.persons.lake import REGISTERS, SCHEMA
from data_access.persons.tables import PERSON_ENTRY, REGISTERS as TABLES
from rules.month import Month

SCHEME = "jiangsu-pension"
PROVINCE = "320000"
NOWHERE = "999999"
REGIONS = tuple(
    row["code"]
    for row in reference_rows("regions")
    if row["code"].startswith("32") and row["level"] in ("county", "district") and row["kind"] == "division"
)
SOURCE = "jiangsu-pension-agency"
ANOTHER = "js-police"
BOOKED = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
LOWER_FEN = 487_900
RATE = 2400  # of an employee, in ten-thousandths
DOCUMENT = "宁人社退〔2026〕118号"
# The planted month → fen by rule, region and person.
Planted = dict[tuple[str, str, str], dict[int, int]]


@dataclass
class Simulated:
    """``entries`` and ``records`` have the columns of the lakes but ``delivery``."""

    entries: pa.Table
    records: pa.Table
    planted: Planted
    person_months: int


@dataclass
class _World:
    months: tuple[int, ...]
    persons: list[str]
    regions: Any
    amounts: Any
    kept: Any  # persons × months: whether the pension was paid
    records: list[dict[str, object]] = field(default_factory=list)
    extra: list[tuple[int, int, str, int]] = field(default_factory=list)  # person, month, region, fen
    planted: Planted = field(default_factory=dict)

    def region(self, who: int) -> str:
        return REGIONS[int(self.regions[who])]

    def plant(
        self, rule: str, who: int, months: Sequence[int], region: str | None = None, fen: int | None = None
    ) -> None:
        amount = int(self.amounts[who]) if fen is None else fen
        self.planted[rule, region or self.region(who), self.persons[who]] = dict.fromkeys(months, amount)

    def record(self, kind: str, who: int, from_month: int, **said: object) -> str:
        reference = f"{kind}-{len(self.records):08d}"
        self.records.append(
            {
                "person": self.persons[who],
                "kind": kind,
                "scheme": None if kind in ("person_death", "person_custody") else SCHEME,
                "region": self.region(who),
                "from_month": from_month,
                "source_ref": reference,
                **said,
            }
        )
        return reference

    def stop(self, who: int, months: Sequence[int]) -> None:
        for month in months:
            self.kept[who, self.months.index(month)] = False

    def after(self, month: int) -> tuple[int, ...]:
        return tuple(one for one in self.months if one > month)


def simulate(persons: int, months: Sequence[int], cases: int, seed: int = 1) -> Simulated:
    """``persons`` pensioners over these months (at least six, in order), ``cases`` planted by every rule and some ten
    times as many innocent ones. Raises ValueError where there are not enough persons for the stories."""
    chance = np.random.default_rng(seed)
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)[chance.integers(0, 16, (persons, 32), np.uint8)]
    hashes = digits.reshape(-1).view("S32").astype(str).tolist()
    world = _World(
        tuple(months),
        hashes,
        chance.integers(0, len(REGIONS), persons),
        chance.integers(200_000, 900_000, persons),
        np.ones((persons, len(months)), dtype=bool),
    )
    free = iter(range(persons))
    try:
        for tell in STORIES:
            tell(world, free, cases)
    except StopIteration:
        raise ValueError(f"{persons} persons are too few for {cases} cases of each rule") from None
    return Simulated(_entries(world), _records(world), world.planted, int(world.kept.sum()) + len(world.extra))


def _deaths(world: _World, free: Iterator[int], cases: int) -> None:
    for case in range(cases * 12):
        who, died = next(free), world.months[1 + case % (len(world.months) - 3)]
        later = world.after(died)
        day = date(died // 100, died % 100, 1 + case % 28)
        reference = world.record("person_death", who, died, day=day, document=f"苏民殡{case:06d}")
        if case % 12 == 0:
            paid = later[: 1 + case % len(later)]
            world.stop(who, later[len(paid) :])
            world.plant("paid_after_death", who, paid)
            # Another source's withdrawal of a record of the same number.
            world.record("person_death", who, died, day=day, source=ANOTHER, corrects=reference, withdrawn="yes")
        elif case % 12 == 1:  # reversed within its month
            world.stop(who, later[1:])
            world.extra.append((who, later[0], world.region(who), -int(world.amounts[who])))
        elif case % 12 == 2:  # somebody else's death, withdrawn
            world.record("person_death", who, died, day=day, corrects=reference, withdrawn="yes")
        elif case % 12 == 3:  # the right day is later
            right = world.months[-1]
            world.record("person_death", who, right, day=Month(right).last, corrects=reference)
        elif case % 12 == 4:  # another register knows a later day
            right = world.months[-1]
            world.record("person_death", who, right, day=Month(right).last, source=ANOTHER)
        else:
            world.stop(who, later)


def _custody(world: _World, free: Iterator[int], cases: int) -> None:
    begun, ended = world.months[1], world.months[-2]
    inside = [month for month in world.months if begun < month < ended]
    for case in range(cases * 6):
        who = next(free)
        world.record("person_custody", who, begun, until_month=ended if case % 2 else None, document=f"刑执{case}")
        held = inside if case % 2 else list(world.after(begun))
        if case % 6 == 0:
            world.plant("paid_in_custody", who, held)
        else:
            world.stop(who, held)


def _moves(world: _World, free: Iterator[int], cases: int) -> None:
    for case in range(cases * 6):
        who = next(free)
        there = REGIONS[(world.regions[who] + 1 + case % 7) % len(REGIONS)]
        moved = world.months[2 + case % (len(world.months) - 3)]
        new, amount = [moved, *world.after(moved)], int(world.amounts[who])
        twice = new[: 1 + case % 3] if case % 6 == 0 else []
        for month in new:
            world.extra.append((who, month, there, amount + 1))
        world.stop(who, [month for month in new if month not in twice])
        if twice:
            world.plant("paid_twice", who, twice)


def _retirements(world: _World, free: Iterator[int], cases: int) -> None:
    since = world.months[2]
    before, later = [month for month in world.months if month < since], [since, *world.after(since)]
    young = since - 5200  # 52 years old
    said = {"age_kind": "male60", "worker": "employee", "way": "special_trade", "born_month": young, "sex": "male"}
    woman = {"age_kind": "female55", "worker": "flexible", "way": "normal", "born_month": young, "sex": "female"}
    # Due in the very month, by the age of before the reform: who was born so early is not touched by it.
    due = {**said, "way": "normal", "born_month": 196406}
    chosen = {**said, "way": "elastic", "born_month": since - 6000}
    for case in range(cases * 12):
        who = next(free)
        if case % 4:  # else the pension of before was paid for another reason
            world.stop(who, before)
        match case % 6:
            case 0:
                world.record("person_retirement", who, since, **said)
                world.plant("early_retirement_unapproved", who, later)
            case 1:
                world.record("person_retirement", who, since, **woman)
                world.plant("female_flexible_before_55", who, later)
            case 2:
                world.record("person_retirement", who, since, **(woman if case % 12 == 2 else said), document=DOCUMENT)
            case 3:
                world.record("person_retirement", who, since, **chosen)
            case 4:
                world.record("person_retirement", who, since, **due)
            case 5:  # the document came with a correction
                reference = world.record("person_retirement", who, since, **said)
                world.record("person_retirement", who, since, **said, document=DOCUMENT, corrects=reference)


def _papers(world: _World, free: Iterator[int], cases: int) -> None:
    """Back-payments and account changes."""
    month = world.months[-3]
    year = month // 100
    for case in range(cases * 6):
        who, fen = next(free), 1_000_000 + case
        payment: dict[str, Any] = {"paid_month": month, "amount_fen": fen, "until_month": (year - 1) * 100 + 12}
        match case % 6:
            case 0:
                world.record("person_back_payment", who, (year - 2) * 100 + 1, worker="flexible", **payment)
                world.plant("back_payment_beyond", who, [month], fen=fen)
            case 1:
                world.record("person_back_payment", who, (year - 4) * 100 + 12, worker="employee", **payment)
                world.plant("back_payment_beyond", who, [month], fen=fen)
            case 2:
                world.record("person_back_payment", who, (year - 3) * 100 + 1, worker="employee", **payment)
            case 3:
                world.record(
                    "person_back_payment", who, (year - 9) * 100 + 1, worker="employee", document="仲裁77号", **payment
                )
            case 4:
                same = payment | {"until_month": month}
                world.record("person_back_payment", who, year * 100 + 1, worker="flexible", **same)
            case 5:
                world.record("person_account_change", who, month, amount_fen=-fen)
        who = next(free)
        if case % 6 == 0:
            world.record("person_account_change", who, month, amount_fen=fen)
            world.plant("account_raised", who, [month], fen=fen)
        else:
            world.record("person_account_change", who, month, amount_fen=fen, document="宁社保账〔2026〕9号")


def _bases(world: _World, free: Iterator[int], cases: int) -> None:
    first = Month(world.months[0])
    every = [month for month in (first.plus(n) for n in range(240)) if month <= world.months[-1]]
    span = {"until_month": world.months[-1], "worker": "employee"}
    for case in range(cases * 6):
        who = next(free)
        if case % 6 == 0:
            low = LOWER_FEN - 50_001 - case
            world.record("person_base", who, first, amount_fen=low, **span)
            lacks = ((LOWER_FEN - low) * RATE + 5000) // 10000
            world.plant("base_under_limit", who, every, fen=lacks)
        elif case % 6 == 1:  # two employers
            world.record("person_base", who, first, amount_fen=LOWER_FEN - 1, **span)
            world.record("person_base", who, first, amount_fen=1, **span)
        else:
            world.record("person_base", who, first, amount_fen=LOWER_FEN + case, **span)


STORIES = (_deaths, _custody, _moves, _retirements, _papers, _bases)


def _entries(world: _World) -> pa.Table:
    who, when = np.nonzero(world.kept)
    months = np.array(world.months)
    extra = world.extra
    person = np.concatenate([who, np.array([one[0] for one in extra], int)])
    count = len(person)
    reference = pc.utf8_lpad(pa.array(np.arange(count)).cast(pa.string()), 10, "0")
    regions = pa.array(REGIONS).take(pa.array(world.regions[who]))
    region = pa.concat_arrays([regions, pa.array([one[2] for one in extra], pa.string())])

    amounts = pa.array(np.concatenate([world.amounts[who], np.array([one[3] for one in extra], int)]))

    def constant(text: str) -> pa.Array:
        return pa.repeat(pa.scalar(text), count)

    values = {
        "person": pa.array(world.persons).take(pa.array(person)),
        "scheme": constant(SCHEME),
        "province": constant(PROVINCE),
        "region": region,
        "insured_region": region,
        "item": constant("pension"),
        "movement": constant("pay"),
        "month": pa.array(np.concatenate([months[when], np.array([one[1] for one in extra], int)])),
        "amount_fen": amounts,
        "source": constant(SOURCE),
        "source_ref": pc.binary_join_element_wise("AG", reference, "-"),
        "corrects": pc.if_else(pc.less(amounts, 0), "of-the-month", None),
        "booked_at": pa.repeat(pa.scalar(BOOKED, pa.timestamp("us", "UTC")), count),
    }
    return pa.table({name: column.cast(SCHEMA.field(name).type) for name, column in values.items()})


def _records(world: _World) -> pa.Table:
    columns = pa.schema([one.with_nullable(True) for one in REGISTERS.schema if one.name != "delivery"])
    common = {"province": PROVINCE, "source": SOURCE, "booked_at": BOOKED, "amount_fen": 0}
    rows = [common | one | {"month": int(str(one["from_month"])) // 100 * 100 + 1} for one in world.records]
    return pa.Table.from_pylist(rows, columns)


def write_files(simulated: Simulated, folder: Path) -> dict[str, Path]:
    """The same as files that the door takes, by ``person_entry`` and the registers' names. Identity numbers are of a place
    that there is none of, so that they are nobody's; of who retired they say the birth and the sex of the record."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = _identity_numbers(simulated)
    records = simulated.records
    tables = {"person_entry": (PERSON_ENTRY, simulated.entries)} | {
        name: (table, records.filter(pc.equal(records["kind"], name))) for name, table in TABLES.items()
    }
    paths = {}
    for name, (table, rows) in tables.items():
        columns = [one.code for one in table.columns if one.code in rows.column_names and one.code != "booked_at"]
        persons = pa.array([numbers[one] for one in rows["person"].to_pylist()], pa.string())
        rows = rows.select(columns).set_column(columns.index("person"), "person", persons)
        paths[name] = folder / f"{name.removeprefix('person_')}.csv"
        pacsv.write_csv(rows, paths[name])
    return paths


def _identity_numbers(simulated: Simulated) -> dict[str, str]:
    said = {one["person"]: one for one in simulated.records.to_pylist() if one["born_month"]}
    numbers = {}
    for order, person in enumerate(simulated.entries["person"].unique().to_pylist()):
        record = said.get(person, {"born_month": 195001 + order % 12, "sex": "male"})
        digits = f"{NOWHERE}{record['born_month']}{1 + order // 500 % 28:02d}{order % 500 * 2 + (record['sex'] == 'male'):03d}"
        numbers[person] = digits + check_digit(digits)
    return numbers


def main() -> None:
    """Write files of simulated persons."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--persons", type=int, default=2_000)
    options.add_argument("--cases", type=int, default=3, help="planted by each rule")
    chosen = options.parse_args()
    months = [Month(202601).plus(number) for number in range(10)]
    simulated = simulate(chosen.persons, months, chosen.cases)
    for path in write_files(simulated, chosen.folder).values():
        print(path)
    print(f"{simulated.person_months:,} person-months; planted: {len(simulated.planted)}")


if __name__ == "__main__":
    main()
