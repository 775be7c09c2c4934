"""The page 预警规则."""
