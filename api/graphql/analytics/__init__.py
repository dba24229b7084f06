"""Figures over imports, as GraphQL shows them."""
