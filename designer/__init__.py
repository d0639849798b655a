"""Netgraft: graft a new head onto a pretrained network, train it, and export it, in one window."""

__version__ = "0.1.0"
