"""What the books say: facts, plans, balances, statistics, indicators and the versions they were published in."""
