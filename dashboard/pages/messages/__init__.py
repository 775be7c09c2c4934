"""The page 消息."""
