"""EDIFACT: its messages, and how they are acknowledged."""

__all__: list[str] = []
