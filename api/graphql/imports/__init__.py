"""Imports, as GraphQL shows them."""
