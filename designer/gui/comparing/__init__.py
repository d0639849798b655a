"""The comparison window: two networks side by side, as a list and as colours on the canvas."""
