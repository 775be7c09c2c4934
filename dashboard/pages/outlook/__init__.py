"""The page 中长期测算."""
