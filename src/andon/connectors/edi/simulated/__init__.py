"""The program of a trading partner, which reads with other people's code: pyx12 and pydifact."""

__all__: list[str] = []
