"""Groups of insured persons 参保群体 that a projection by age tells apart: by sex, original retirement age and who pays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rules.projection.statutory_age import Kind

Sex = Literal["m", "f"]


@dataclass(frozen=True, slots=True)
class InsuredGroup:
    """``kind``: original retirement age as ``statutory_age`` names it; ``flexible``: pays alone, at the rate of flexible
    workers, else with the employer."""

    code: str
    name: str
    name_en: str
    kind: Kind
    sex: Sex
    flexible: bool


GROUPS: dict[str, InsuredGroup] = {
    group.code: group
    for group in (
        InsuredGroup("employee_male", "单位职工（男）", "Employees, men", "male60", "m", False),
        InsuredGroup(
            "employee_female_55", "单位职工（女，原55岁退休）", "Employees, women at 55", "female55", "f", False
        ),
        InsuredGroup(
            "employee_female_50", "单位职工（女，原50岁退休）", "Employees, women at 50", "female50", "f", False
        ),
        InsuredGroup("flexible_male", "灵活就业人员（男）", "Flexible workers, men", "male60", "m", True),
        InsuredGroup("flexible_female", "灵活就业人员（女）", "Flexible workers, women", "female55", "f", True),
    )
}
