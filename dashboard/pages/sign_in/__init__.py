"""The page 登录."""
