"""What every system believes about a subject, since when, and where they disagree; read only."""
