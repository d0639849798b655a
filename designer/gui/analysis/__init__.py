"""The analysis window: the whole network as a table and in figures, saved as a page or a table."""
