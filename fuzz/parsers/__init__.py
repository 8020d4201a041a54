"""One module per connector with its `PARSERS`."""
