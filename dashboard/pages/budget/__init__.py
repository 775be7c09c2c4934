"""The page 预算执行."""
