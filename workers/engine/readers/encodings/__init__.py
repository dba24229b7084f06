"""What tells the encodings of text apart: signatures, the bytes in question, alphabets, and how likely each reading is."""
