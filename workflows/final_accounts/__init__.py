"""决算: a year's final accounts beside its December, each difference explained, signed by the offices that draw them up."""
