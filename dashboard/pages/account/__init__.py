"""The page 我的账户."""
