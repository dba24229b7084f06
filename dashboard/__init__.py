"""The dashboard: a client of the GraphQL API that shows imports to people, and nothing else."""
