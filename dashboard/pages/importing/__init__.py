"""The page of one import: a frame that follows its state, and a body for each phase."""
