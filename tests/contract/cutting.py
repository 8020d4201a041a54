"""The wire that simulators are cut by, for tests on real systems."""

__all__ = ["CuttingWire"]

from andon.connectors._cutting import CuttingWire
