"""The page 缺口分担."""
