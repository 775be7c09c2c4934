"""The worked cases of the alert contract: every calculator, input beside expected output."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rules.alerts.evaluation import CALCULATORS

CASES = json.loads(
    (Path(__file__).parents[1] / "golden" / "alerts.json").read_text(encoding="utf-8"), parse_float=Decimal
)
TELLING = {"name", "why", "deviation", "expect"}


def _given(calculator, case):
    outcome = {"errors", "warnings"} if calculator == "validate_threshold" else set()
    return {key: value for key, value in case.items() if key not in TELLING | outcome}


def _expected(calculator, case):
    if calculator == "validate_threshold":
        return {"errors": case["errors"], "warnings": case["warnings"]}
    wrapped = {"resolve_threshold": "effective", "due": "state"}
    return {wrapped[calculator]: case["expect"]} if calculator in wrapped else case["expect"]


@pytest.mark.parametrize(
    ("calculator", "case"),
    [pytest.param(name, case, id=f"{name}-{case['name']}") for name, cases in CASES.items() for case in cases],
)
def test_every_worked_case_gives_its_expected_output(calculator, case):
    got: Any = CALCULATORS[calculator](_given(calculator, case))
    expected = _expected(calculator, case)
    if calculator == "replay_workflow":  # its cases name only the fields that matter at a step
        assert len(got) == len(expected)
        got = [{key: row[key] for key in step} for row, step in zip(got, expected, strict=True)]
    assert got == expected


def test_every_calculator_has_worked_cases_and_every_case_a_calculator():
    assert set(CASES) == set(CALCULATORS)
