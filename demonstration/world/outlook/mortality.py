"""The demonstration's mortality table 生命表: Gompertz's law."""

from __future__ import annotations

from functools import cache

import numpy as np

from demonstration.world.simulation import Floats
from demonstration.world.tables import Table

YOUNGEST, OLDEST = 16, 100
# The force of mortality grows by a tenth a year of age; the modal age is what gives men and women the life expectancy of the
# census of 2020 at birth, 75.37 and 80.88 years.
GROWTH, MODAL_AGE = 0.1, {"m": 81.12, "f": 86.64}
NAME = "演示生命表"
SOURCE = (
    "演示用，不是官方生命表：按冈珀茨定律生成，平均预期寿命取第七次全国人口普查的男75.37岁、女80.88岁（国家统计局）"
)


@cache
def death_rates(sex: str) -> Floats:
    """Of those of each age from 0 to 100 the share that dies within a year."""
    hazard = np.exp(GROWTH * (np.arange(OLDEST + 2) - MODAL_AGE[sex]))
    found: Floats = 1 - np.exp(hazard[:-1] - hazard[1:])
    return found


def mortality_table() -> Table:
    """Probabilities of death by sex and age, the last age open."""
    rows = tuple(
        (NAME, sex, age, f"{death_rates(sex)[age]:.5f}", SOURCE)
        for sex in MODAL_AGE
        for age in range(YOUNGEST, OLDEST + 1)
    )
    return Table("mortality_table", ("name", "sex", "age", "q", "source"), rows)
