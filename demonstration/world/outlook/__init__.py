"""What the demonstration has for the long-run projection 中长期测算: insured persons by age, mortality."""
