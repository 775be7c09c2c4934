"""法定日历: what the documents ask for by which day, and how it stands."""
