"""What machines ask of the site and what is noted of every request: readiness, metrics, numbers of requests."""
