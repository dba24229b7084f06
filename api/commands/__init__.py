"""The verbs: plain functions that take what they need, an actor and the request, and answer with rows or frozen values."""
