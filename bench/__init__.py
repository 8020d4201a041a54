"""How fast the whole hub is, and what it loses when it is killed: measured, not promised."""
