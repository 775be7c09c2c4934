"""The days of the statutory calendar 法定日历: what the books show of them, what departments note, how each stands."""
