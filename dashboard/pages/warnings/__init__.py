"""The page 预警督办."""
