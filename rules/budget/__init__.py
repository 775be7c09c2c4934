"""The budget 预算: what each item would be by its factors, and the steps by which it is made."""
