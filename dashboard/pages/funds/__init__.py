"""The page 资金运行."""
