"""The month's reconciliation statement 余额（发生额）调节表."""
