"""The demonstration's fifth system: what 31 provinces hand up to the central adjustment and get from it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from data_access.intake.importers import import_file, import_rows
from data_access.intake.reference import load_reference
from data_access.store import schema
from demonstration.world.central import central_years
from demonstration.world.nation import YEARS
from demonstration.world.stages import scheme_deliveries
from rules.central_adjustment import Case, Province, Result, calculate

RATIOS = {2019: "0.035", 2020: "0.04", 2021: "0.045"}


def positions(year: int) -> Result:
    table = central_years()
    names = table.columns[2:]
    rows: list[dict[str, Any]] = [dict(zip(table.columns, row, strict=True)) for row in table.rows if row[0] == year]
    for row in rows:
        row.update({name: Decimal(row[name]) for name in names if "wage" in name})
    provinces = tuple(Province(code=row["region"], **{name: row[name] for name in names}) for row in rows)
    return calculate(Case(provinces=provinces, ratio=Decimal(RATIOS[year])))


@pytest.mark.parametrize("year", YEARS)
def test_the_nets_of_31_provinces_sum_to_zero_and_move_money_to_the_old_ones(year: int) -> None:
    found = positions(year)
    net = {province.code: province.net_fen for province in found.provinces}
    assert len(net) == 31 and sum(net.values()) == 0
    assert net["440000"] < 0 and net["110000"] < 0, "Guangdong and Beijing hand up more than they get"
    assert net["210000"] > 0 and net["230000"] > 0, "Liaoning and Heilongjiang get more than they hand up"
    # Published: 630.3 (2019 executed) and 739.8 bn yuan (2020 budget).
    assert 400 * 10**11 < found.pool_fen < 1_200 * 10**11


def test_they_come_in_by_the_ordinary_import_once_and_marked_as_demonstration(store: Engine) -> None:
    load_reference(store)
    for _again in range(2):
        for delivery in scheme_deliveries(("jilin-work-injury",)):
            import_rows(
                store, delivery.target, delivery.frame, source=delivery.source, origin="demonstration", demo=True
            )
    table, batch = schema.central_year, schema.import_batch
    with store.connect() as connection:
        assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 31 * len(YEARS)
        kept = select(batch.c.demo).join(table, table.c.batch == batch.c.id).distinct()
        assert connection.execute(kept).scalars().all() == [True]


def test_a_city_is_refused_as_a_province_of_the_central_adjustment(store: Engine, tmp_path: Path) -> None:
    load_reference(store)
    header = ",".join(central_years().columns)
    path = tmp_path / "central.csv"
    path.write_text(f"{header}\n2020,320100,1,1,1,1,1,1,1\n", encoding="utf-8")
    result = import_file(store, path, target="central_year")
    assert result.state == "refused"
    assert [(r.line, r.column, r.value) for r in result.rejections] == [(2, "region", "320100")]
