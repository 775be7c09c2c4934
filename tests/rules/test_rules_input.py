"""What the calculators refuse: one line that names the field, exit code 2, nothing on standard output."""

import copy
import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from rules.calculators.registry import RULES

GOLDEN = Path(__file__).parent / "golden"
INPUTS = {
    rule: [case["input"] for case in json.loads((GOLDEN / f"{rule}.json").read_text(encoding="utf-8"))]
    for rule in RULES
}
PROVINCE = {"code": "a", "participants": 2, "enterprise_employees": 1, "retirees": 3, "avg_wage_yuan": 100}
WEIGHTED = {
    "nonprivate_wage_yuan": 1,
    "nonprivate_employees": 0,
    "private_wage_yuan": 1,
    "private_employees": 0,
}
REGION = {"code": "a", "income_plan_fen": 1, "expenditure_plan_fen": 9}
FACTOR = {"name": "x", "weight": 1, "burden": False}
PERSON = {"backpaid_years": 1, "total_years": 2, "monthly_pension_yuan": 3}


def central(**changes):
    return {"ratio": "0.03", "provinces": [PROVINCE]} | changes


def province(**changes):
    return central(provinces=[{k: v for k, v in (PROVINCE | changes).items() if v is not None}])


def gap(**changes):
    return {"opening_surplus_fen": 0, "province_share": "0.5", "regions": [REGION]} | changes


def planned(item="pension", method="pension", **changes):
    return {"item": item, "factors": [{"item": "pension", "method": method}]} | changes


def contribution(**changes):
    return {"kind": "employee", "wage_yuan": 5, "lower_yuan": 1, "upper_yuan": 9} | changes


def flow(code):
    amounts = ("collected", "quarterly", "direct", "difference", "disbursed", "paid", "remitted")
    return {"code": code, **{f"{name}_fen": 1 for name in amounts}}


def placed(month, matures):
    return {"code": "a", "month": month, "matures": matures, "amount_fen": 1}


def cash(**changes):
    balances = ("liquid", "treasury", "local", "expenditure", "deposits", "other", "use_after")
    given = {f"{name}_fen": 1 for name in balances} | {"transit_share": 0, "floor_months": 1}
    return given | {"months": [flow("2026-11")]} | changes


def over(**changes):
    return {"plan_fen": 100, "actual_fen": 120} | changes


def items(*given):
    return {"items": list(given)}


def transfer(*balances):
    return {"months": 2, "monthly_expenditure_fen": 5, "balances": list(balances)}


def score(*indicators, points=100, values=None):
    return {"areas": [{"code": "a", "points": points, "indicators": list(indicators)}], "values": values or {}}


MANUAL = {"code": "m", "kind": "manual", "points": 100}
DEDUCT = {"code": "d", "kind": "deduct", "points": 100, "per": 1}
LINEAR = {"code": "l", "kind": "linear", "points": 100, "full_at": 1, "zero_at": 0}

REFUSED = [
    ("central_adjustment", central(extra=1), "extra"),
    ("central_adjustment", {"provinces": [PROVINCE]}, "ratio"),
    ("central_adjustment", central(ratio=True), "ratio"),
    ("central_adjustment", central(ratio="1.01"), "ratio"),
    ("central_adjustment", central(ratio=-0.01), "ratio"),
    ("central_adjustment", central(ratio="0.０3"), "ratio"),
    ("central_adjustment", central(ratio="NaN"), "ratio"),
    ("central_adjustment", central(ratio="1e-2"), "ratio"),
    ("central_adjustment", central(ratio=" 0.03"), "ratio"),
    ("central_adjustment", central(ratio="+0.03"), "ratio"),
    ("central_adjustment", central(ratio=""), "ratio"),
    ("central_adjustment", central(ratio=None), "ratio"),
    ("central_adjustment", central(ratio=[]), "ratio"),
    ("central_adjustment", central(wage_factor=None), "wage_factor"),
    ("central_adjustment", central(provinces=[]), "provinces"),
    ("central_adjustment", central(provinces={}), "provinces"),
    ("central_adjustment", central(provinces=["a"]), "provinces[0]"),
    ("central_adjustment", central(provinces=[PROVINCE, PROVINCE]), "provinces[1].code"),
    ("central_adjustment", province(code=320000), "provinces[0].code"),
    ("central_adjustment", province(code=""), "provinces[0].code"),
    ("central_adjustment", province(participants=False), "provinces[0].participants"),
    ("central_adjustment", province(participants="2"), "provinces[0].participants"),
    ("central_adjustment", province(participants=2.5), "provinces[0].participants"),
    ("central_adjustment", province(participants=-1), "provinces[0].participants"),
    ("central_adjustment", province(retirees=0), "provinces[0].retirees"),
    ("central_adjustment", province(avg_wage_yuan=None), "provinces[0].avg_wage_yuan"),
    ("central_adjustment", province(private_employees=3), "provinces[0].private_employees"),
    ("central_adjustment", province(avg_wage_yuan=None, private_wage_yuan=3), "provinces[0].nonprivate_wage_yuan"),
    ("central_adjustment", province(avg_wage_yuan=None, **WEIGHTED), "provinces[0].private_employees"),
    (
        "central_adjustment",
        central(prepaid=[{"code": "b", "contribution_fen": 1, "allocation_fen": 1}]),
        "prepaid[0].code",
    ),
    ("base_limits", {"avg_wage_yuan": 0}, "avg_wage_yuan"),
    ("base_limits", {"avg_wage_yuan": 9, "lower": 4}, "lower"),
    ("base_limits", {"avg_wage_yuan": 9, "rounding_yuan": 0}, "rounding_yuan"),
    ("contribution", contribution(kind="boss"), "kind"),
    ("contribution", contribution(lower_yuan=10), "lower_yuan"),
    ("contribution", contribution(rates={"employer": 16}), "rates.employer"),
    ("contribution", contribution(rates={"boss": 0}), "rates.boss"),
    ("contribution", contribution(rates=[]), "rates"),
    ("contribution", contribution(kind="flexible", rates={"flexible": "0.07"}), "rates.individual_account"),
    ("pre_transfer", transfer(), "balances"),
    ("pre_transfer", transfer({"code": "a", "balance_fen": 1}, {"code": "a", "balance_fen": 2}), "balances[1].code"),
    ("pre_transfer", transfer({"code": "a", "balance_fen": "1"}), "balances[0].balance_fen"),
    ("cash_plan", cash(months=[]), "months"),
    ("cash_plan", cash(months=[flow("2026-11"), flow("2027-01")]), "months[1].code"),
    ("cash_plan", cash(months=[flow("2026-13")]), "months[0].code"),
    ("cash_plan", cash(transit_share="1.1"), "transit_share"),
    ("cash_plan", cash(placed_in="2026-12"), "placed_in"),
    ("cash_plan", cash(held=[{"code": "a", "matures": "soon", "amount_fen": 1}]), "held[0].matures"),
    ("cash_plan", cash(redeposits=[placed("2026-10", "2027-10")]), "redeposits[0].month"),
    ("cash_plan", cash(redeposits=[placed("2026-11", "2026-11")]), "redeposits[0].matures"),
    ("over_collection", over(plan_fen=0), "plan_fen"),
    ("over_collection", over(plan_fen=10.0), "plan_fen"),
    ("over_collection", over(bands=[]), "bands"),
    ("over_collection", over(bands=[["0.05", None]]), "bands[0]"),
    ("over_collection", over(bands=[["0.05", None, "1.1"]]), "bands[0][2]"),
    ("over_collection", over(bands=[["0.05", "0.05", "0.5"]]), "bands[0][1]"),
    ("over_collection", over(bands=[["0.05", None, "0.5"], ["0.1", None, "0.5"]]), "bands[0][1]"),
    ("over_collection", over(bands=[["0.05", "0.2", "0.5"], ["0.1", None, "0.5"]]), "bands[1][0]"),
    ("management_gap", items(), "items"),
    ("management_gap", items({"kind": "luck"}), "items[0].kind"),
    ("management_gap", items({"amount_fen": 1}), "items[0].kind"),
    ("management_gap", items({"kind": ["less_other"], "amount_fen": 1}), "items[0].kind"),
    ("management_gap", items({"kind": "over_other", "amount_fen": -1}), "items[0].amount_fen"),
    ("management_gap", items({"kind": "over_other", "amount_fen": 1, "in_shortfall": True}), "items[0].in_shortfall"),
    ("management_gap", items({"kind": "less_other", "amount_fen": 1, "in_shortfall": 1}), "items[0].in_shortfall"),
    ("management_gap", items({"kind": "early_female_flexible", "paid_fen": 1}), "items[0].since"),
    (
        "management_gap",
        items({"kind": "early_female_flexible", "paid_fen": 1, "since": "2020-12-31"}),
        "items[0].since",
    ),
    (
        "management_gap",
        items({"kind": "early_female_flexible", "paid_fen": 1, "since": "2021-02-29"}),
        "items[0].since",
    ),
    ("management_gap", items({"kind": "early_female_flexible", "paid_fen": 1, "since": "20210301"}), "items[0].since"),
    ("management_gap", items({"kind": "lump_sum_backpay", "people": []}), "items[0].people"),
    (
        "management_gap",
        items({"kind": "lump_sum_backpay", "people": [PERSON], "pension_months": 1}),
        "items[0].pension_months",
    ),
    (
        "management_gap",
        items({"kind": "lump_sum_backpay", "people": [PERSON | {"total_years": 0}]}),
        "items[0].people[0].total_years",
    ),
    (
        "management_gap",
        items({"kind": "lump_sum_backpay", "people": [PERSON | {"backpaid_years": 3}]}),
        "items[0].people[0].backpaid_years",
    ),
    ("general_gap", gap(regions=[]), "regions"),
    ("general_gap", gap(regions=[REGION, REGION]), "regions[1].code"),
    ("general_gap", gap(province_share=2), "province_share"),
    ("general_gap", gap(county_share=None), "county_share"),
    ("general_gap", gap(clamp=[0, 2]), "clamp[0]"),
    ("general_gap", gap(clamp=[2, 1]), "clamp[0]"),
    ("general_gap", gap(clamp=[1]), "clamp"),
    ("general_gap", gap(reference={"x": 1}), "reference.x"),
    ("general_gap", gap(factors=[FACTOR | {"weight": "0.9"}]), "factors"),
    ("general_gap", gap(factors=[FACTOR, FACTOR]), "factors[1].name"),
    ("general_gap", gap(factors=[FACTOR | {"burden": 0}]), "factors[0].burden"),
    ("general_gap", gap(factors=[FACTOR]), "reference.x"),
    ("general_gap", gap(factors=[FACTOR], reference={"x": 1}), "regions[0].factors.x"),
    ("general_gap", gap(factors=[FACTOR], reference={"x": 0}, regions=[REGION | {"factors": {"x": 1}}]), "reference.x"),
    (
        "general_gap",
        gap(factors=[FACTOR | {"burden": True}], reference={"x": 1}, regions=[REGION | {"factors": {"x": 0}}]),
        "regions[0].factors.x",
    ),
    ("assessment", score(), "areas[0].indicators"),
    ("assessment", score(MANUAL, points=99), "areas[0].points"),
    ("assessment", score(MANUAL | {"points": 99}, points=99), "areas"),
    ("assessment", score(MANUAL, values={"x": 1}), "values.x"),
    ("assessment", score(MANUAL, values={"m": 101}), "values.m"),
    ("assessment", score(MANUAL, values={"m": True}), "values.m"),
    ("assessment", score(DEDUCT, values={"d": -1}), "values.d"),
    ("assessment", score(LINEAR | {"zero_at": "1.0"}), "areas[0].indicators[0].zero_at"),
    ("assessment", score(MANUAL | {"name": "名"}), "areas[0].indicators[0].name"),
    (
        "assessment",
        score(MANUAL | {"points": 50}, MANUAL | {"points": 50}),
        "areas[0].indicators[1].code",
    ),
    ("break_even_rate", {"expected_expenditure_fen": 1, "wage_base_fen": 0}, "wage_base_fen"),
    ("break_even_rate", {"expected_expenditure_fen": 1, "wage_base_fen": 1, "collection_rate": 0}, "collection_rate"),
    ("budget_proposal", planned("premium"), "item"),
    ("budget_proposal", planned(method="guess"), "factors"),
    ("budget_proposal", planned(drivers={"mood": 1}), "drivers.mood"),
    ("budget_proposal", planned(drivers={"retirees": -1}), "drivers.retirees"),
    ("budget_proposal", planned(drivers={"retiree_growth": "-1.01"}), "drivers.retiree_growth"),
    ("budget_proposal", planned(drivers={"pension_yuan": "x"}), "drivers.pension_yuan"),
]

RAW = [
    (b"", "input"),
    (b"\xff\xfe{}", "input"),
    (b"{", "input"),
    (b"[1]", "input"),
    (b"null", "input"),
    (b"1e5", "input"),
    (b"{} {}", "input"),
    (b'{"avg_wage_yuan": 1, "avg_wage_yuan": 1}', "avg_wage_yuan"),
    (b'{"avg_wage_yuan": NaN}', "avg_wage_yuan"),
    (b'{"avg_wage_yuan": -Infinity}', "avg_wage_yuan"),
    (b'{"avg_wage_yuan": 1e999999999}', "avg_wage_yuan"),
    (b'{"avg_wage_yuan": 1e-31}', "avg_wage_yuan"),
    (b'{"avg_wage_yuan": ' + b"9" * 1_000_000 + b"}", "avg_wage_yuan"),
    (b'{"avg_wage_yuan": "' + b"9" * 1_000_000 + b'"}', "avg_wage_yuan"),
    (b'{"avg_wage_yuan": 0.' + b"0" * 1_000_000 + b"1}", "avg_wage_yuan"),
    (b'{"avg_wage_yuan": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "input"),
    (b'{"avg_wage_yuan": ' + b"[" * 60 + b"]" * 60 + b"}", "avg_wage_yuan" + "[0]" * 39),
    (b'{"avg_wage_yuan": "\\ud800"}', "avg_wage_yuan"),
    (b'{"a\\nb": 1}', '"a\\nb"'),
    (b'{"' + b"k" * 1_000_000 + b'": 1}', "k" * 60 + "…"),
    (b'{"avg_wage_yuan": 01}', "input"),
]


def assert_refused(answer, path):
    code, out, err = answer
    assert (code, out) == (2, "")
    assert err.startswith(f"{path}: got "), err
    assert ", needs " in err and err.count("\n") == 1 and len(err) < 500


@pytest.mark.parametrize(("rule", "tree", "path"), REFUSED)
def test_a_bad_field_is_named_with_its_path(run, rule, tree, path):
    assert_refused(run(rule, given=tree), path)


@pytest.mark.parametrize(("raw", "path"), RAW, ids=range(len(RAW)))
def test_text_that_is_no_plain_json_is_refused(run, raw, path):
    assert_refused(run("base_limits", given=raw), path)


def test_the_cases_that_the_refusals_start_from_are_accepted(run):
    assert run("central_adjustment", given=central())[0] == 0
    assert run("general_gap", given=gap())[0] == 0
    assert run("contribution", given=contribution())[0] == 0
    assert run("over_collection", given=over())[0] == 0
    assert run("assessment", given=score(MANUAL))[0] == 0
    assert run("management_gap", given=items({"kind": "lump_sum_backpay", "people": [PERSON]}))[0] == 0


def test_a_number_and_its_decimal_string_mean_the_same(run):
    as_text = run("base_limits", given=b'{"avg_wage_yuan": "76295.10", "lower": "0.60"}')
    assert as_text == run("base_limits", given=b'\xef\xbb\xbf{"avg_wage_yuan": 76295.1, "lower": 6e-1}')
    assert as_text[0] == 0


STRANGE: list[object] = [
    None, True, False, 0, -1, 1, 1.5, -0.0, 10**30, -(10**44), 10**60, float("nan"), float("inf"), 1e-30, 1e300,
    "", "0", "-0", "1.50", "0.000000000000000000000000000001", "１", "abc", "2021-01-01", "\u0000", "\ud800",
    [], {}, [[]], [None], {"code": "a"}, {"kind": "linear"}, "9" * 46,
]  # fmt: skip


def places(value, parent=None, key=None):
    """Every place of a tree: its parent and key there."""
    if parent is not None:
        yield parent, key
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for inner_key, inner in list(pairs):
        yield from places(inner, value, inner_key)


def disturb(tree, chance):
    """Changes one place of a tree: another value, a missing key, an unknown key, an entry twice."""
    found = list(places(tree))
    if not found:
        return
    parent, key = chance.choice(found)
    act = chance.randrange(12)
    if act == 0:
        del parent[key]
    elif act == 1 and isinstance(parent, dict):
        parent[chance.choice(["code", "kind", "extra", "steps", "points", "\n", ""])] = copy.deepcopy(
            chance.choice(STRANGE)
        )
    elif act == 2 and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[key]))
    elif act in (3, 8, 9, 10, 11) and isinstance(parent[key], int | float):
        parent[key] = chance.choice([-1, 0, 2, 3, 10**12]) * parent[key]
    elif act == 4:
        other = chance.choice(found)
        parent[key] = copy.deepcopy(other[0][other[1]])
    else:
        parent[key] = copy.deepcopy(chance.choice(STRANGE))


FUZZ = settings(max_examples=1_000, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@FUZZ
@given(seed=st.integers(min_value=0, max_value=2**64))
def test_three_thousand_disturbed_cases_end_in_a_result_or_a_refusal(run, seed):
    chance = random.Random(seed)
    rule = chance.choice(list(RULES))
    tree = copy.deepcopy(chance.choice(INPUTS[rule]))
    for name in ("provinces", "regions", "balances"):
        if name in tree:
            del tree[name][chance.randrange(1, 4) :]
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        disturb(tree, chance)
    code, out, err = run(rule, "--steps", given=json.dumps(tree).encode())
    assert_answered(code, out, err)


JSON_TEXT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
).map(lambda value: json.dumps(value).encode())


@settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(rule=st.sampled_from(list(RULES)), raw=st.binary(max_size=40) | JSON_TEXT)
def test_a_thousand_other_texts_end_in_a_refusal(run, rule, raw):
    code, out, err = run(rule, given=raw)
    assert code == 2
    assert_answered(code, out, err)


def assert_answered(code, out, err):
    if code == 0:
        assert err == "" and isinstance(json.loads(out), dict)
    else:
        assert code == 2 and out == ""
        assert err.count("\n") == 1 and ": got " in err and ", needs " in err
