"""The window: rail of steps, pages, toolbar, notices, status line. Each page opens itself."""
