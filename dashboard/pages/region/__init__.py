"""The page 本地概况."""
