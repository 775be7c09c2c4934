"""Matters 事项 as each person has them: whose turn it is in everything that waits for somebody, by one table."""
