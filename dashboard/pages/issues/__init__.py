"""The page 问题台账."""
