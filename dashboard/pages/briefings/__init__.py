"""The page 简报材料."""
