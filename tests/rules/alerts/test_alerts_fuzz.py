"""Whatever JSON comes in: a result that is JSON again, or a refusal that names its field."""

import json
import random
import string
from copy import deepcopy
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from rules.alerts.evaluation import CALCULATORS
from rules.errors import InputError

CASES = json.loads((Path(__file__).parents[1] / "golden" / "alerts.json").read_text(encoding="utf-8"))
TELLING = ("name", "why", "deviation", "expect", "errors", "warnings")
JUNK = [
    *[None, True, False, 0, 1, -1, 2, 10**30, -(10**450), [], {}, [[]], {"": {}}, [None] * 3],
    *[Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), Decimal("1E+999999"), Decimal("1E-999999")],
    *[Decimal("0.5"), 0.1, float("nan"), float("inf"), 1e308, 5e-324],
    *["", " ", "6", "6.005", "-0", "1e400", "1e999999999", "９", "NaN", "sNaN", "1" * 500, "\ud800", "a\nb", "\x00"],
    *["missing", "not_due", "invalid", "2026-01", "2026-13", "9999-12", "2026-01-01T00:00:00", "keep", "breach:red"],
    *["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "none", "red", "lt", "failed", "cond", "close"],
]
# Too long for Python to write out, so hypothesis must not see it.
UNWRITABLE = 10**5000
JSON = st.recursive(
    st.sampled_from(JUNK) | st.text(max_size=8) | st.integers() | st.decimals(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def answer_or_refusal(calculator, case):
    """The result of a calculator, None where it refused; a refusal is one line and names its field."""
    try:
        result = CALCULATORS[calculator](case)
    except InputError as refusal:
        path = refusal.parameters["path"]
        assert path and isinstance(path, str)
        assert len(f"{path}: {refusal}".splitlines()) == 1
        f"{path}: {refusal}".encode()
        return None
    json.dumps(result, allow_nan=False)
    return result


@pytest.mark.parametrize("calculator", CALCULATORS)
@settings(max_examples=80, deadline=None)
@given(case=JSON)
def test_arbitrary_json_is_answered_or_refused(calculator, case):
    answer_or_refusal(calculator, case)


def places(tree, at=()):
    """Every place in a JSON value, as (container, key) pairs."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inner:
        yield tree, key
        yield from places(value)


def damage(case, chance):
    """A copy of a sound case with a few of its places replaced, removed, repeated or renamed."""
    case = deepcopy(case)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        found = list(places(case))
        if not found:
            break
        container, key = chance.choice(found)
        match chance.randrange(6):
            case 0:
                del container[key]
            case 1 if isinstance(container, list):
                container.insert(key, deepcopy(container[key]))
            case 1:
                container["".join(chance.choices(string.printable, k=3))] = container.pop(key)
            case 2:
                other, name = chance.choice(found)
                container[key] = deepcopy(other[name])
            case _:
                container[key] = deepcopy(chance.choice([*JUNK, UNWRITABLE]))
    return case


@pytest.mark.parametrize("calculator", CALCULATORS)
def test_a_damaged_case_is_answered_or_refused(calculator):
    chance = random.Random(f"damage {calculator}")
    sound = [{key: value for key, value in case.items() if key not in TELLING} for case in CASES[calculator]]
    outcomes = []
    for _ in range(1500):
        case = damage(chance.choice(sound), chance)
        outcomes.append(answer_or_refusal(calculator, case) is not None)
    # Both must be met often, or the damage is too coarse or too fine to prove anything.
    assert 20 < sum(outcomes) < len(outcomes) - 100


@pytest.mark.parametrize(
    ("calculator", "case", "path"),
    [
        ("replay", [], "input"),
        ("replay", {"series": []}, "input"),
        ("replay", {"threshold": {"operator": "lt", "levels": {"red": 1}}}, "input"),
        ("replay", {"threshold": {"levels": {"red": 1}}, "series": []}, "threshold.operator"),
        ("replay", {"threshold": {"operator": "lt", "levels": {}}, "series": []}, "threshold.levels"),
        ("replay", {"threshold": {"operator": "lt", "levels": {"mauve": 1}}, "series": []}, "threshold.levels.mauve"),
        ("replay_runs", {"threshold_sets": {"one": []}, "runs": []}, "threshold_sets.one"),
        ("replay_runs", {"threshold_sets": {}, "runs": [{"data_version": 1}]}, "runs[0].series"),
        ("resolve_threshold", {"records": [{}], "subject": {"indicator": "a", "period": "2026-01"}}, "records[0].id"),
        ("backtest", {"threshold": {}, "series": [], "from": "2026-02", "to": "2026-01"}, "to"),
        ("due", {"due": "2026-01-01T00:00:00", "now": "2026-01-01T00:00:00Z"}, "now"),
        ("due", {"due": "9999-12-31T00:00:00", "grace_days": 5, "now": "2026-01-01T00:00:00"}, "due"),
        ("replay_workflow", {"timeline": [{"t": 0, "do": "dance"}]}, "timeline[0].do"),
        ("replay_workflow", {"timeline": [{"t": 0, "do": "cond"}]}, "timeline[0].level"),
        ("replay_workflow", {"timeline": [{"t": 1, "do": "tick"}, {"t": 0, "do": "tick"}]}, "timeline[1].t"),
        ("replay_workflow", {"policy": {"repeat": -1}, "timeline": []}, "policy.repeat"),
    ],
)
def test_a_refusal_names_the_field(calculator, case, path):
    with pytest.raises(InputError) as refusal:
        CALCULATORS[calculator](case)
    assert refusal.value.parameters["path"] == path


@pytest.mark.parametrize(
    ("rows", "path"),
    [
        ([["2026-01", "6"], ["2026-01", "6"]], "series[1][0]"),
        ([["2026-02", "6"], ["2026-01", "6"]], "series[1][0]"),
        ([["2026-1", "6"]], "series[0][0]"),
        ([["2026-01"]], "series[0]"),
        ([["2026-01", None]], "series[0][1]"),
        ([["2026-01", "1,234"]], "series[0][1]"),
        ([["2026-01", True]], "series[0][1]"),
    ],
)
def test_a_series_that_is_no_series_is_refused_at_the_place(rows, path):
    with pytest.raises(InputError) as refusal:
        CALCULATORS["replay"]({"threshold": {"operator": "lt", "levels": {"red": 1}}, "series": rows})
    assert refusal.value.parameters["path"] == path
