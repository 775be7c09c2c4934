"""The budget 预算: drafted, put to the units, approved, issued and received; adjusted within the year by approval alone."""
