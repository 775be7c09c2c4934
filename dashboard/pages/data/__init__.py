"""The page 数据接入."""
