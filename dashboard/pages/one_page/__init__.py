"""The page 会前一页纸."""
