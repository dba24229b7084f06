"""The routes beside GraphQL: uploads, downloads, signing in, health and metrics. Holds no SQL and decides nothing."""
