"""The real systems; each module lists its own in COUNTERPARTS."""
