"""What stands before every request and goes with every answer: known hosts, sizes, rates, the browser's policy."""
