"""The last Andon of another schema beside this one, on one database, under load."""
