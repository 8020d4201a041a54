"""The schema's history: one SQL file and one version file per step, forward only."""
