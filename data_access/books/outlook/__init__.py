"""The long-run projection 中长期测算 in the store: insured persons by age, mortality, results of each version."""
