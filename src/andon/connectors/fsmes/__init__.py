"""factorysemantics-mes: a shop floor that fetches its orders and posts what it made."""

__all__ = ["Fsmes", "FsmesSettings", "mappings"]

from andon.connectors.fsmes.connector import Fsmes, FsmesSettings
from andon.connectors.fsmes.mapping import mappings
