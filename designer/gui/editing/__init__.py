"""The network page: canvas, table, property pane and problems of the open network."""
