"""Run one step off the GUI thread and bring its news home: the window's only door to the engine."""
