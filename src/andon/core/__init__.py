"""The words of the house as types; nothing here touches the outside."""
