"""Companies and owners."""
