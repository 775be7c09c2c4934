"""The calculator of the catalogue: a figure's inputs give the figure again; other inputs are refused by name."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from rules.indicators import INDICATORS
from tests.rules.test_indicators import WORKED


@pytest.mark.parametrize(("code", "inputs", "expected"), WORKED)
def test_every_worked_value_comes_out_of_the_command_line(
    run: Any, code: str, inputs: dict[str, object], expected: str
) -> None:
    given = {name: str(value) if isinstance(value, Decimal) else value for name, value in inputs.items()}
    exit_code, out, err = run("indicator", "--steps", given={"code": code, "inputs": given})
    assert (exit_code, err) == (0, "")
    answer = json.loads(out)
    assert (answer["value"] or answer["reason"]) == expected
    assert answer["steps"][0]["text"] == INDICATORS[code].formula
    labels = [step["text"].split()[0] for step in answer["steps"][1:-1]]
    assert labels == [needed.label.split()[0] for needed in INDICATORS[code].inputs]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"code": "no_such", "inputs": {}}, 'code: got "no_such", needs one of balance_total'),
        ({"code": "balance_total"}, "inputs.balance_fen: got nothing, needs a number, or null"),
        (
            {"code": "balance_total", "inputs": {"balance_fen": "1.5"}},
            "inputs.balance_fen: got 1.5, needs a whole number",
        ),
        (
            {"code": "balance_total", "inputs": {"balance": 1}},
            "inputs.balance: got an unknown input, needs one of balance_fen",
        ),
    ],
)
def test_other_inputs_are_refused_in_one_line_that_names_them(run: Any, given: object, problem: str) -> None:
    exit_code, out, err = run("indicator", given=given)
    assert (exit_code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(problem)


def test_an_optional_input_may_be_left_out(run: Any) -> None:
    given = {"code": "balance_identity", "inputs": {"result_fen": 1, "accounts_fen": 1}}
    assert json.loads(run("indicator", given=given)[1]) == {"value": "0.00", "reason": None}
