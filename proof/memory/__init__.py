"""A million items read by every connector, in memory that does not depend on their number."""
