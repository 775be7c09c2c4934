"""The refresh step that judges 预警, the episodes it opens, and the clock of the work on them."""
