"""Which record decides for a subject, and what is wrong with a drafted threshold."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rules.alerts.evaluation import CALCULATORS
from rules.alerts.threshold import Scope, ThresholdRecord, resolve_threshold
from rules.errors import InputError

SUBJECT = {"indicator": "months", "fund": "pension", "region_level": "county", "region": "430121", "period": "2026-03"}


def record(id, starts="2026-01", ends=None, enabled=True, **scope):
    return {"id": id, "scope": {"indicator": "months", **scope}, "from": starts, "to": ends, "enabled": enabled}


def effective(*records, **subject):
    case = {"records": list(records), "subject": {**SUBJECT, **subject}}
    found: Any = CALCULATORS["resolve_threshold"](case)
    return found["effective"]


IN_ORDER = [
    record("fund_region", fund="pension", region="430121"),
    record("region", region="430121"),
    record("fund_level", fund="pension", region_level="county"),
    record("level", region_level="county"),
    record("fund", fund="pension"),
    record("indicator"),
]


@pytest.mark.parametrize("best", range(len(IN_ORDER)))
def test_the_most_specific_record_wins_whatever_the_order_of_rows(best):
    assert effective(*IN_ORDER[best:]) == IN_ORDER[best]["id"]
    assert effective(*reversed(IN_ORDER[best:])) == IN_ORDER[best]["id"]


def test_a_record_naming_anything_else_does_not_match():
    others = [
        record("fund", fund="injury"),
        record("level", region_level="city"),
        record("region", region="430122"),
        record("both", fund="pension", region="430122"),
    ]
    assert effective(*others) == "none"
    assert effective({**record("indicator"), "scope": {"indicator": "delay"}}) == "none"


def test_a_region_is_never_its_children():
    assert effective(record("city", region="430100")) == "none"


def test_a_record_counts_from_its_first_period_up_to_without_its_last():
    assert effective(record("early", ends="2026-03")) == "none"
    assert effective(record("now", starts="2026-03", ends="2026-04")) == "now"
    assert effective(record("late", starts="2026-04")) == "none"


def test_a_record_that_is_switched_off_wins_like_any_other():
    off = record("off", enabled=False, region="430121")
    assert effective(record("indicator"), off) == "unmonitored:off"
    assert effective(off, region="430122") == "none"


def test_a_switched_off_record_out_of_date_says_nothing():
    assert effective(record("on"), record("off", ends="2026-03", enabled=False, region="430121")) == "on"


def test_the_losing_records_are_told_best_first():
    records = [
        ThresholdRecord(
            row["id"], Scope("months", *map(row["scope"].get, ("fund", "region_level", "region"))), "2026-01"
        )
        for row in reversed(IN_ORDER)
    ]
    resolution = resolve_threshold(records, Scope("months", "pension", "county", "430121"), "2026-03")
    assert [lost.id for lost in resolution.losing] == [row["id"] for row in IN_ORDER[1:]]


# Validation


def findings(threshold, **more):
    return CALCULATORS["validate_threshold"]({"threshold": threshold, **more})


def errors(levels=None, operator="lt", more=None, **spec):
    threshold = {"operator": operator, "levels": {"yellow": "6"} if levels is None else levels, **spec}
    return findings(threshold, **(more or {}))["errors"]


def warnings(levels, operator="lt", **spec):
    return findings({"operator": operator, "levels": levels, **spec})["warnings"]


def test_a_sound_threshold_has_no_findings():
    levels = {"blue": 12, "yellow": {"at": "9.00", "recover_at": "9.5"}, "red": {"at": "3", "for_periods": 2}}
    assert findings({"operator": "lt", "levels": levels}) == {"errors": [], "warnings": []}


@pytest.mark.parametrize(
    ("spec", "codes"),
    [
        ({"levels": {}}, ["E_NO_LEVELS"]),
        ({"levels": {"none": "6"}}, ["E_LEVEL_NAME"]),
        ({"levels": {"Yellow": "6"}}, ["E_LEVEL_NAME"]),
        ({"operator": None}, ["E_OPERATOR"]),
        ({"operator": "LT"}, ["E_OPERATOR"]),
        ({"operator": ["lt"]}, ["E_OPERATOR"]),
        ({"levels": {"yellow": "NaN"}}, ["E_NOT_FINITE"]),
        ({"levels": {"yellow": "Infinity"}}, ["E_NOT_FINITE"]),
        ({"levels": {"yellow": None}}, ["E_NOT_FINITE"]),
        ({"levels": {"yellow": "1,234"}}, ["E_NOT_FINITE"]),
        ({"levels": {"yellow": "６"}}, ["E_NOT_FINITE"]),
        ({"levels": {"yellow": "6个月"}}, ["E_NOT_FINITE"]),
        ({"levels": {"yellow": "5%"}}, ["E_NOT_FINITE"]),
        ({"levels": {"yellow": "1_000"}}, ["E_NOT_FINITE"]),
        ({"levels": {"yellow": {"at": "6", "recover_at": "NaN"}}}, ["E_NOT_FINITE"]),
        ({"recover_margin": "Infinity"}, ["E_NOT_FINITE"]),
        ({"levels": {"yellow": "6.001"}}, ["E_SCALE"]),
        ({"levels": {"yellow": "6.000"}}, []),
        ({"levels": {"yellow": "6.5"}, "scale": 0}, ["E_SCALE"]),
        ({"levels": {"yellow": "6.0"}, "scale": 0}, []),
        ({"levels": {"yellow": "600"}, "scale": 0}, []),
        ({"levels": {"yellow": {"at": "6", "recover_at": "6.125"}}}, ["E_SCALE"]),
        ({"recover_margin": "0.125"}, ["E_SCALE"]),
        ({"scale": -1}, ["E_SCALE"]),
        ({"recover_margin": "-0.01"}, ["E_MARGIN_NEG"]),
        ({"levels": {"yellow": {"at": "6", "recover_at": "7"}}, "recover_margin": "1"}, ["E_BOTH_RECOVER"]),
        ({"levels": {"yellow": {"at": "6", "recover_at": "7"}}, "recover_margin": "0"}, []),
        ({"levels": {"yellow": {"at": "6", "recover_at": "5"}}}, ["E_RECOVER_SIDE"]),
        ({"levels": {"yellow": {"at": "6", "recover_at": "6"}}}, []),
        (
            {"levels": {"yellow": {"at": "6", "recover_at": "5"}}, "recover_margin": "-1"},
            ["E_BOTH_RECOVER", "E_MARGIN_NEG"],
        ),
        ({"for_periods": -1}, ["E_FOR"]),
        ({"for_periods": Decimal("1.5")}, ["E_FOR"]),
        ({"for_periods": True}, ["E_FOR"]),
        ({"for_periods": "often"}, ["E_FOR"]),
        ({"levels": {"yellow": {"at": "6", "for_periods": 0}}}, ["E_FOR"]),
        ({"recover_periods": 0}, ["E_RECOVER_PERIODS"]),
        ({"recover_periods": Decimal("2.5")}, ["E_RECOVER_PERIODS"]),
        ({"no_data": "ignore"}, ["E_NO_DATA_POLICY"]),
        ({"no_data": "breach"}, ["E_NO_DATA_POLICY"]),
        ({"no_data": "breach:none"}, ["E_NO_DATA_POLICY"]),
        ({"no_data": "breach:purple"}, ["E_NO_DATA_POLICY"]),
        ({"no_data": "breach:red"}, ["E_NO_DATA_POLICY"]),
        ({"no_data": "breach:yellow"}, []),
        ({"no_data": "keep:yellow"}, ["E_NO_DATA_POLICY"]),
        ({"no_data": 5}, ["E_NO_DATA_POLICY"]),
    ],
)
def test_each_defect_of_a_draft_has_its_code(spec, codes):
    assert errors(**spec) == codes


@pytest.mark.parametrize(
    ("operator", "milder", "severer", "codes"),
    [
        ("lt", "6", "3", []),
        ("lt", "6", "6", ["E_ORDER"]),
        ("le", "3", "6", ["E_ORDER", "E_RECOVER_ORDER"]),
        ("gt", "3", "6", []),
        ("ge", "6", "6.00", ["E_ORDER"]),
        ("gt", "-3", "-6", ["E_ORDER", "E_RECOVER_ORDER"]),
    ],
)
def test_a_more_severe_level_lies_strictly_beyond_the_milder(operator, milder, severer, codes):
    assert errors({"red": severer, "blue": milder}, operator) == codes


def test_recovery_values_may_be_equal_but_not_crossed():
    def with_recovery(yellow, red):
        return errors({"yellow": {"at": "6", "recover_at": yellow}, "red": {"at": "3", "recover_at": red}})

    assert with_recovery("6", "5.99") == with_recovery("6", "6") == []
    assert with_recovery("6", "6.01") == ["E_RECOVER_ORDER"]


def test_every_code_that_applies_is_told_in_alphabetical_order():
    spec = {
        "operator": "gt",
        "levels": {"yellow": {"at": "10.123", "recover_at": "11", "for_periods": 0}, "red": "5", "mauve": "NaN"},
        "recover_margin": "1",
        "recover_periods": 0,
        "no_data": "?",
        "scope": {"region": "430121", "region_level": "county"},
        "from": "2026-03",
        "to": "2026-03",
    }
    assert findings(spec, last_evaluated="2026-03")["errors"] == [
        *["E_BOTH_RECOVER", "E_EFFECTIVE", "E_FOR", "E_LEVEL_NAME", "E_NOT_FINITE", "E_NO_DATA_POLICY", "E_ORDER"],
        *["E_RECOVER_ORDER", "E_RECOVER_PERIODS", "E_RECOVER_SIDE", "E_RETROACTIVE", "E_SCALE", "E_SCOPE"],
    ]


def test_an_unreadable_recovery_value_brings_no_second_finding():
    levels = {"yellow": {"at": "6", "recover_at": "?"}, "red": {"at": "3", "recover_at": "6.5"}}
    assert errors(levels) == ["E_NOT_FINITE"]


@pytest.mark.parametrize(
    ("operator", "levels", "margin", "told"),
    [
        ("lt", {"yellow": "6", "red": "3"}, "2.99", False),
        ("lt", {"yellow": "6", "red": "3"}, "3", True),
        ("gt", {"yellow": "3", "red": "6"}, "3", True),
        ("gt", {"yellow": "6", "red": "3"}, "3", False),  # the order is wrong, which is worse
        ("lt", {"red": "3"}, "30", False),
    ],
)
def test_a_recovery_that_reaches_the_milder_trigger_is_to_be_confirmed(operator, levels, margin, told):
    assert warnings(levels, operator, recover_margin=margin) == (["W_RECOVER_BEYOND"] if told else [])


def test_counting_no_data_as_healthy_is_to_be_confirmed():
    assert warnings({"yellow": "6"}, no_data="ok") == ["W_NO_DATA_OK"]


MINE = {"scope": {"indicator": "months", "region": "430121"}}


@pytest.mark.parametrize(
    ("dates", "existing", "overlap"),
    [
        (("2026-06", None), ("2026-01", None), True),
        (("2026-06", "2026-07"), ("2026-01", "2026-12"), True),
        (("2026-01", "2026-06"), ("2026-06", None), False),
        (("2026-01", None), ("2026-06", "2026-07"), True),
        (("2026-01", "2026-07"), ("2026-06", "2026-06"), False),  # a row ended before it began is never in force
    ],
)
def test_two_records_of_one_scope_may_touch_but_not_overlap(dates, existing, overlap):
    rows = [{**MINE, "from": existing[0], "to": existing[1]}]
    found = errors(**MINE, **{"from": dates[0], "to": dates[1]}, more={"existing": rows})
    assert found == (["E_OVERLAP"] if overlap else [])


def test_another_scope_never_overlaps():
    rows = [{"scope": {"indicator": "months", "region": "430121", "fund": "pension"}, "from": "2026-01"}]
    assert errors(**MINE, **{"from": "2026-06"}, more={"existing": rows}) == []


def test_a_scope_names_an_indicator_and_not_both_region_and_level():
    assert errors(scope={}) == errors(scope={"fund": "pension"}) == ["E_SCOPE"]
    assert errors(scope={"indicator": "months", "region": "430121", "region_level": "county"}) == ["E_SCOPE"]
    assert errors(scope={"indicator": "months", "region_level": "county"}) == []


def test_a_start_in_evaluated_history_needs_the_flag():
    late = {"more": {"last_evaluated": "2026-03"}}
    assert errors(**{"from": "2026-03"}, **late) == ["E_RETROACTIVE"]
    assert errors(**{"from": "2026-04"}, **late) == []
    assert errors(**{"from": "2026-03", "retroactive": True}, **late) == []
    assert errors(**{"from": "2026-03"}) == []


def test_an_unknown_key_of_a_draft_is_refused_by_name():
    with pytest.raises(InputError) as refusal:
        errors({"yellow": {"at": "6", "for": 2}})
    assert refusal.value.parameters["path"] == "threshold.levels.yellow.for"


@given(
    st.sampled_from(["lt", "le", "gt", "ge"]),
    st.dictionaries(st.sampled_from(["blue", "yellow", "orange", "red"]), st.integers(-20, 20), min_size=1),
    st.integers(0, 5),
)
def test_a_threshold_without_errors_can_be_judged_by(operator, levels, margin):
    spec = {"operator": operator, "levels": levels, "recover_margin": margin}
    codes = findings(spec)["errors"]
    severity = [levels[name] for name in ("blue", "yellow", "orange", "red") if name in levels]
    ordered = sorted(set(severity), reverse=operator in ("lt", "le"))
    assert ("E_ORDER" in codes) == (severity != ordered)
    rows: Any = CALCULATORS["replay"]({"threshold": spec, "series": [["2026-01", 0]]})
    assert len(rows) == 1
