"""The generated tables are current and complete."""

import re

import pytest

from rules.calculators.documentation import (
    DOCS,
    assessment_page,
    comparisons_page,
    indicators_page,
    parameters_page,
    profile_parameters,
    rules_page,
)
from rules.calculators.registry import RULES
from rules.scheme import load_scheme, profile_codes

PAGES = [
    ("parameters.md", parameters_page),
    ("rules.md", rules_page),
    ("indicators.md", indicators_page),
    ("assessment.md", assessment_page),
    ("comparisons.md", comparisons_page),
]


@pytest.mark.parametrize(("name", "page"), PAGES)
def test_a_generated_table_is_current(name, page):
    assert (DOCS / name).read_text(encoding="utf-8") == page(), "run python -m rules.calculators.documentation"


def test_every_parameter_of_every_profile_is_in_the_table():
    text = parameters_page()
    for code in profile_codes():
        for key, parameter in load_scheme(code).parameters.items():
            assert text.count(f"`{key}`") >= len(parameter.values)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_cites_its_article_and_its_parameters_exist(name):
    rule = RULES[name]
    assert re.search(r"〔20\d\d〕\d+号|决定（20\d\d年", rule.calculate.__doc__ or ""), "the docstring names no article"
    held = {key for code in profile_codes() for key in load_scheme(code).parameters}
    # One law of the whole country leaves a province nothing to set, nor does the plain arithmetic of a balance.
    assert bool(profile_parameters(rule)) == (name not in ("statutory_age", "minimum_contribution", "fund_path"))
    assert set(profile_parameters(rule)) <= held
