"""Programs for developers of Andon; not part of the package."""
