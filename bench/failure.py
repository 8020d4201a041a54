"""What stops a measurement, as opposed to a figure that disappoints."""

__all__ = ["MeasurementError"]


class MeasurementError(Exception):
    """Nothing can be measured. Says what cannot be done, what is known, what to do next."""
