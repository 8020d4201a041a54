"""X12: its documents, and how they are acknowledged."""

__all__: list[str] = []
