"""Contacts and lists, as GraphQL shows them."""
