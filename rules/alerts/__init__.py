"""Warnings 预警 as rules: conditions, thresholds, episodes, cases and their deadlines. Pure, like all rules."""
