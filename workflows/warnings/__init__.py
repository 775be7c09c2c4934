"""Warnings 预警 as they stand and what happened to them, silences, who is told."""
