"""The text twin of the canvas: all layers as a table, with the same selection and the same edits."""
