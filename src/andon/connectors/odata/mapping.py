"""x"""

__all__ = ["mappings"]
mappings = ()
