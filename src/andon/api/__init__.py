"""HTTP: what programs and the page may ask, each request with a key or a login."""
