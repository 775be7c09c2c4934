"""The page 考核评估."""
