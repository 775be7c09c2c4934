"""The worked cases of the rules: every input gives its output, through the command line's own entry."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rules.alerts.evaluation import CALCULATORS
from rules.calculators.registry import RULES

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[2]
CASES = [
    pytest.param(rule, case, id=f"{rule}-{number}")
    for rule in RULES
    for number, case in enumerate(json.loads((GOLDEN / f"{rule}.json").read_text(encoding="utf-8")), start=1)
]


BINARY = (
    "cohort_projection",
    "totals_projection",
    "stress",
)  # rules that reckon in binary fractions, whose last digit is the machine's


def near(rule, given, expected, name=""):
    """The same; of what is reckoned in binary fractions, persons and yuan within a ten-millionth, fen within a yuan."""
    if isinstance(expected, dict):
        return given.keys() == expected.keys() and all(near(rule, given[key], expected[key], key) for key in expected)
    if isinstance(expected, list):
        return len(given) == len(expected) and all(
            near(rule, *pair, name) for pair in zip(given, expected, strict=True)
        )
    if rule not in BINARY or expected is None:
        return given == expected
    if name.endswith("_fen"):
        return abs(given - expected) <= 100
    return given == (pytest.approx(expected, rel=1e-7) if isinstance(expected, float) else expected)


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_worked_case_gives_exactly_its_output(run, rule, case):
    code, out, err = run(rule, given=case["input"])
    assert (code, err) == (0, "")
    assert near(rule, json.loads(out), case["output"])


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_steps_are_added_to_the_same_output_and_nothing_else(run, rule, case):
    code, out, _ = run(rule, "--steps", given=case["input"])
    answer = json.loads(out)
    steps = answer.pop("steps")
    assert code == 0 and near(rule, answer, case["output"])
    assert steps and all(set(step) == {"code", "text"} and step["text"] for step in steps)


def test_every_rule_is_listed_with_its_document(run):
    code, out, _ = run("list")
    listed = dict(line.split("\t") for line in out.splitlines())
    assert code == 0
    assert all(re.search("〔20|决定", listed[rule]) for rule in RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_schema_names_the_keys_of_the_worked_cases(run, rule):
    code, out, _ = run("schema", rule)
    schema = json.loads(out)
    assert code == 0
    for case in json.loads((GOLDEN / f"{rule}.json").read_text(encoding="utf-8")):
        assert set(schema["required"]) <= set(case["input"]) <= set(schema["properties"])
        output = schema["$defs"]["output"]
        assert set(output["required"]) <= set(case["output"]) <= set(output["properties"])


def test_help_says_how_to_call(run):
    code, out, err = run("--help")
    assert (code, err) == (0, "") and out.startswith("usage: python -m rules RULE")


@pytest.mark.parametrize("arguments", [(), ("schema",), ("list", "x"), ("general_gap", "--all"), ("no_such_rule",)])
def test_other_arguments_are_refused_in_one_line(run, arguments):
    code, out, err = run(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_the_module_runs_as_a_command():
    command = [sys.executable, "-m", "rules", "over_collection"]
    done = subprocess.run(command, input=b'{"plan_fen": 100}', capture_output=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"actual_fen: got nothing, needs a whole number\n"


@pytest.mark.parametrize("name", CALCULATORS)
def test_the_calculators_of_the_alerts_are_served_too(run, name):
    code, out, err = run(name, given=b"[]")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert name in run("list")[1]
    assert run("schema", name)[0] == 2
