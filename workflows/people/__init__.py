"""Accounts 用户 and what they are told: inbox, outbox, channels."""
