"""历年结余: what the cities held when pooling began, and how it is handed over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from demonstration.world import calibration as c, stories
from demonstration.world.simulation import units

# Cleared as of and handed over by, as the profiles have it: 吉政发〔2020〕20号 三（二）2 for work injury.
JILIN_DAYS = {
    "pension": (date(2020, 6, 30), date(2020, 12, 31)),
    "work_injury": (date(2021, 6, 30), date(2021, 12, 31)),
}
QUARTER_DAYS = ((3, 20), (6, 20), (9, 20), (12, 20))


@dataclass(frozen=True, slots=True)
class LegacyDuty:
    """What a city owes, in fen: ``held`` at the beginning of the ledger, of it ``deposited`` until a day."""

    region: str  # the city's own level
    as_of: date
    due_on: date
    owed: int
    handed_before: int
    deposited: tuple[tuple[date, int], ...]  # maturity, amount

    @property
    def held(self) -> int:
        return self.owed - self.handed_before


def legacy_duties(scheme: str) -> tuple[LegacyDuty, ...]:
    """The duties of a scheme, one per city; in Jilin all was handed over before the ledger begins."""
    if scheme == "jiangsu-pension":
        cities = {code: city for code, city in c.JIANGSU.cities.items() if not code.endswith("-0")}
        weight = sum(city.residents * city.pays for city in cities.values())
        return tuple(
            _even(code, int(600 * city.residents * city.pays / weight * 10_000) * 1_000_000)
            for code, city in cities.items()
        )
    if scheme == "shanxi-pension":
        cities = {code: city for code, city in c.SHANXI.cities.items() if not code.endswith("-0")}
        return tuple(
            _handed(code, city.residents, 0.035, date(2019, 12, 31), date(2020, 1, 31)) for code, city in cities.items()
        )
    of = c.CALIBRATIONS[scheme]
    per_resident = 0.03 if of.fund == "pension" else 0.0045  # 亿元 per 10,000
    return tuple(
        _handed(code, city.residents, per_resident, *JILIN_DAYS[of.fund])
        for code, city in of.cities.items()
        if f"{code}-0" in {unit.code for unit in units(code[:2] + "0000")}
    )


def _even(city: str, owed: int) -> LegacyDuty:
    """Jiangsu: five equal years to the end of 2025, two of them lying in term deposits."""
    year = owed // 5 // 4 * 4
    first = owed - 4 * year
    deposited = ((date(2024, 1, 10), year), (date(2025, 1, 10), year))
    return LegacyDuty(f"{city}-0", date(2020, 12, 31), date(2025, 12, 31), owed, first, deposited)


def _handed(city: str, residents: float, per_resident: float, as_of: date, due_on: date) -> LegacyDuty:
    """Shanxi and Jilin: handed over by the deadline, but for the bond of one city."""
    owed = int(residents * per_resident * 100) * (c.FEN_PER_YI // 100)
    deposited: tuple[tuple[date, int], ...] = ()
    if city == stories.LEGACY_DEPOSIT_CITY:
        deposited = ((stories.LEGACY_DEPOSIT_MATURES, owed * 2 // 5),)
    handed = owed - sum(amount for _, amount in deposited)
    return LegacyDuty(f"{city}-0", as_of, due_on, owed, handed, deposited)


@dataclass(frozen=True, slots=True)
class Advance:
    """What a city had at the end of the third quarter of 2020 and advanced of it, in fen."""

    region: str
    balance: int
    amount: int
    paid_on: date
    document: str


def advances() -> tuple[Advance, ...]:
    """Jiangsu's: every city advanced nine tenths of what it still owed at the year's end, which is its share by the rule of
    twice ``monthly_advanced``; one, short in that quarter, a fifth less and after the others."""
    made = []
    for duty in legacy_duties("jiangsu-pension"):
        share, late = duty.owed // 10 * 9, duty.region.startswith(stories.LEGACY_LATE_CITY)
        amount, paid_on = (share * 4 // 5, date(2020, 12, 28)) if late else (share, date(2020, 11, 20))
        made.append(Advance(duty.region, duty.owed + share, amount, paid_on, f"演示预调〔2020〕{2 if late else 1}号"))
    return tuple(made)


def monthly_advanced() -> int:
    """The province's expenditure of a month, of which two months' were to be advanced."""
    return sum(duty.owed // 10 * 9 for duty in legacy_duties("jiangsu-pension")) // 2


def legacy_movements(scheme: str) -> Iterator[tuple[str, str, date, int]]:
    """Every movement of legacy money: (movement, region, calendar day, fen), in order of days within a city."""
    for duty in legacy_duties(scheme):
        for matures, amount in duty.deposited:
            yield "legacy_mature", duty.region, matures, amount
        if scheme == "jiangsu-pension":
            yield from _by_quarter(duty)
        elif duty.deposited:
            matures, amount = duty.deposited[0]
            yield "legacy_transfer", duty.region, date(matures.year, matures.month, 25), amount


def _by_quarter(duty: LegacyDuty) -> Iterator[tuple[str, str, date, int]]:
    quarter = duty.held // 4 // 4
    late = duty.region.startswith(stories.LEGACY_LATE_CITY)
    for year in (2022, 2023, 2024, 2025):
        for month, day in QUARTER_DAYS:
            if not (late and year == 2025 and month > 3):
                yield "legacy_transfer", duty.region, date(year, month, day), quarter
    if late:  # three instalments stay out: half of one comes half a year late, the rest a year after that
        yield "legacy_transfer", duty.region, date(2026, 6, 20), quarter // 2
        yield "legacy_transfer", duty.region, date(2027, 6, 20), 3 * quarter - quarter // 2
