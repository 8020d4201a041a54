"""What messages promise, and what holds them to it."""
