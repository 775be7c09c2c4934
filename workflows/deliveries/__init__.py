"""What people decide on deliveries: the second person's yes or no, and taking a batch back."""
