"""The yearly assessment 考核评估 in the store."""
