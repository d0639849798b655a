"""The canvas: shows the network document and never edits it."""
