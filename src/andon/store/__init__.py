"""PostgreSQL, the only state: log, positions, runs, deliveries, beliefs."""
