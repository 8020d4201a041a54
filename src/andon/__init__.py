"""Andon: one operational picture of what every system of a plant believes."""
