"""Who is asking, and what they may do: actors, credentials, sessions and origins. Holds no route and no SQL."""
