"""Cases 事项: what is worked as one, by whom, in which steps."""
