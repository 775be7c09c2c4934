"""分担因素 of the general gap: population, employment, dependency and the rest, by unit, with the province's reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import Connection, delete, func, insert, select

from data_access.store import schema

TABLE = schema.gap_factor


def load_factors(connection: Connection, scheme: str, year: int) -> Mapping[str, Mapping[str, Decimal]]:
    """Factors by region and name, the province's own as reference; of the newest year up to the one asked for."""
    newest = select(func.max(TABLE.c.year)).where(TABLE.c.scheme == scheme, TABLE.c.year <= year).scalar_subquery()
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in connection.execute(select(TABLE).where(TABLE.c.scheme == scheme, TABLE.c.year == newest)):
        found[row.region][row.name] = Decimal(row.value)
    return found


def record_factors(
    connection: Connection, scheme: str, year: int, values: Mapping[str, Mapping[str, Decimal]], source: str
) -> None:
    """The factors of a year, in place of those recorded for it before."""
    connection.execute(delete(TABLE).where(TABLE.c.scheme == scheme, TABLE.c.year == year))
    rows = [
        {"scheme": scheme, "year": year, "region": region, "name": name, "value": format(value, "f"), "source": source}
        for region, named in values.items()
        for name, value in named.items()
    ]
    if rows:
        connection.execute(insert(TABLE), rows)
