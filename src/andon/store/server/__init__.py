"""What it takes to run PostgreSQL ourselves: its programs, its place, its owner, its processes."""
