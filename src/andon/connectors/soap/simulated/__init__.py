"""SOAP services as they are met in the field: WSDLs of ours, and programs that keep to them."""
