"""The commands of the network page: a table, which of them can be done now, tool bar and menus."""
