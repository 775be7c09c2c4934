"""法定日历: the days that documents and profiles set in a year, and whose they are."""
