"""An SAP system that takes, checks, posts and refuses IDocs, and sends its own."""
