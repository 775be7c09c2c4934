"""What is still to be handed over 归集、上解: the items pooled by quarter, the legacy balances."""
