"""A company of simulated systems around one physical truth: to watch, to break, to measure.

The truth (`truth`) is what exists where, in which condition. People and machines (`lives`) change
it. Systems (`systems`) hear of it as real ones do, hold their own idea of it, and speak their own
dialect on a port of their own. Nothing here knows Andon; Andon reaches it like any other company.
"""

__all__: list[str] = []
