"""Business areas as slices: workflows, policies, projections. They do not know each other."""
