"""Against books of our own: they answer at once, so a round holds more calls and takes seconds."""
