"""The export page: options, the file that was written, and the proof that it agrees."""
