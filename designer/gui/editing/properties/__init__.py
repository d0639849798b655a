"""The property pane: what is selected, and the editors of its settings."""
