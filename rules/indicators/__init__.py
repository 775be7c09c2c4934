"""Indicators 指标: what is measured, each declared once and used everywhere (cards, rankings, limits, scores, exports).

Adding one is one declaration plus one function: the function takes its inputs by name and returns the exact number or
the reason why there is none; the declaration says everything else. A value is rounded once, half up, to the declared
scale. An input that is missing gives no value and the reason, never 0; nothing is divided by zero.

The order of the imports is the order of the catalogue.
"""

from __future__ import annotations

from rules.indicators.catalogue import INDICATORS, _declare
from rules.indicators.declaration import REASONS, Indicator, Input, Limits, Value

from rules.indicators import balances, progress, forecast, outlook, pooling, people, gaps, information  # noqa: F401  # isort: skip

__all__ = ["INDICATORS", "REASONS", "Indicator", "Input", "Limits", "Value", "_declare"]
