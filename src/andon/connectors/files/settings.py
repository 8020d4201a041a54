"""How the files are laid out, and what makes two of their rows the same fact."""

__all__ = ["FilesSettings"]

from typing import Literal

from andon.connectors._folders.settings import FolderSettings
from andon.connectors.files.shapes import Csv, Format


class FilesSettings(FolderSettings, frozen=True, kw_only=True):
    """One place where files of rows are exchanged with one system."""

    kind: str = "row"
    """What items are called; the mapping of that name reads them."""
    format: Format = Csv()
    """How incoming files are laid out."""
    identity: Literal["content", "file", "name", "fields"] = "content"
    """What makes two rows the same fact: same content of the file and row number; the name as well;
    name and row number only; or the values of `key_fields`."""
    key_fields: tuple[str, ...] = ()
    """Fields of an item that name the fact, for `identity = "fields"`."""

    out_format: Format = Csv()
    """How outgoing files are laid out."""
    out_name: str = "{target}-{sequence:06}.csv"
    """Name of an outgoing file. `{target}` is the request's, `{sequence}` counts up per target,
    `{stamp}` is our key."""
