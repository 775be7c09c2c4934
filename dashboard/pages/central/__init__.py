"""The page 中央调剂."""
