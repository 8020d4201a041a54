"""One folder per kind of system; connectors do not know each other."""
