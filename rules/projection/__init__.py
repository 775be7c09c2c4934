"""How the fund goes on over decades: what depends on age and on the law of retirement."""
