"""中长期测算: the set of projections that one set of assumptions makes, scenarios saved beside the base."""
