"""Shared subscriptions: what a group can be called, and which topics cannot be shared together."""

__all__ = ["meet", "share_fault", "shared"]

from andon.core.errors import Fault


def shared(topic_filter: str, group: str) -> str:
    """Each message of the filter goes to one session of the group (MQTT 5.0, section 4.8.2)."""
    return f"$share/{group}/{topic_filter}"


def share_fault(group: str) -> Fault | None:
    """A `/` would end the name early, and the rest of it be taken for a topic nobody writes."""
    if group and not set(group) & set("/+#\0"):
        return None
    return Fault("share", f"{group!r} is no name of a group; write one without /, + and #")


def meet(one: str, other: str) -> bool:
    """Whether some topic fits both filters. Each filter is shared by itself, so a message that fits
    two goes to two members."""
    left, right = one.split("/"), other.split("/")
    for a, b in zip(left, right, strict=False):
        if "#" in (a, b):
            return True
        if a != b and "+" not in (a, b):
            return False
    longer = max(left, right, key=len)
    return longer[min(len(left), len(right)) :] in ([], ["#"])
