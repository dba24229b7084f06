"""The audit trail, as GraphQL shows it."""
