"""The page 总览."""
