"""Files in folders, on this machine or behind SFTP: CSV, JSON lines, XML, fixed width."""

__all__ = ["Files", "FilesSettings", "Publication", "mappings"]

from andon.connectors._folders.mapping import mappings
from andon.connectors._publication import Publication
from andon.connectors.files.connector import Files
from andon.connectors.files.settings import FilesSettings
