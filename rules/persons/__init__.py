"""What the law says of a person, as far as the person-level ledger can be asked about it."""
