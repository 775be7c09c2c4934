"""The limits of the base that a comparison of persons goes by."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from data_access.books.regions import load_tree
from data_access.books.statistics import load_statistics
from data_access.books.versions import reading
from monitoring.persons import base_limits_of
from rules import base_limits
from rules.scheme import load_scheme
from tests.demonstration_store import copy_of

SCHEME = "jiangsu-pension"


def test_the_limit_of_a_year_rests_on_the_wage_reported_for_the_year_before(
    pensions_file: Path, tmp_path: Path
) -> None:
    with copy_of(pensions_file, tmp_path) as engine, reading(engine) as connection:
        tree = load_tree(connection, load_scheme(SCHEME))
        wages = load_statistics(connection, SCHEME, tree).series(tree.root, "avg_wage")
        found = {one.year: one for one in base_limits_of(connection, 202606) if one.scheme == SCHEME}
    before = [wage for month, wage in wages.items() if month // 100 == 2025]
    asked = base_limits.Case(avg_wage_yuan=sum(before, Decimal(0)) * 12 / len(before))
    assert before and found[2026].lower_fen == base_limits.calculate(asked).lower_yuan * 100
    assert (found[2026].employee_rate, found[2026].flexible_rate) == (2400, 2000)
    assert max(found) == 2026 and all(any(month // 100 == year - 1 for month in wages) for year in found)
