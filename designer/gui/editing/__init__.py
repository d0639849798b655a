"""The network page: canvas, outline and property pane of the open network."""
