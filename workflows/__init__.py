"""What people do, one folder a matter: each deed is one transaction with its rules and its audit row."""
