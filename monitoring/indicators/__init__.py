"""The refresh step that computes indicators, one family a module."""
