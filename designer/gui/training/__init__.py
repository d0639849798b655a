"""The training page: options, start and stop, live curves, runs."""
