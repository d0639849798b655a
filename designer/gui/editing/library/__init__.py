"""The layer library: everything that can be put into a network, to search, to drag and to add."""
