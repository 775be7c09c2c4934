"""Income beside its plan, month by month."""
