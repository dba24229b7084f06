"""Writers of the files that people take home."""
