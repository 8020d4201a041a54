"""What the house promises. A package, because a library brings a `tests` of its own."""
