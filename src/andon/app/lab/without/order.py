"""Commands about one thing do not wait for each other."""

__all__ = ["andon"]

from andon.app.company import andon
from andon.engine import queues
from andon.engine.parcel import Parcel


def _alone(parcel: Parcel) -> str:
    return parcel.key


setattr(queues, "_key", _alone)  # noqa: B010 the module is ours; for the lab it errs
