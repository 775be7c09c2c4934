"""Delivery 通知发送: channels, the dispatcher, and the watchman over the warnings themselves."""
