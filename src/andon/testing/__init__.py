"""For authors and users: what a connector promises, tried on its counterparts."""
