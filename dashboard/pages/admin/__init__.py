"""系统管理: what the three administrators look after, each apart from the others."""
