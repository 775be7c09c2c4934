"""The province's cash ahead: the twelve-month plan, and what becomes of deposits when they mature."""
