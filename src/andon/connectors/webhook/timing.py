"""Whether a signed post is from now."""

__all__ = ["in_time"]

from andon.core.errors import CredentialsError


def in_time(at: str, now: float, within: float) -> None:
    """Raises CredentialsError unless these seconds since 1970 are close enough to now."""
    if not at.isascii() or not at.isdigit() or len(at) > 12:
        raise CredentialsError("The post does not say in seconds when it was signed.")
    age = now - int(at)
    if abs(age) > within:
        side = "old" if age > 0 else "ahead of our clock"
        raise CredentialsError(
            f"The post was signed {abs(age):.0f} s {side}; at most {within:.0f} s are taken."
            " A repeated post must be signed anew; or a clock is wrong."
        )
