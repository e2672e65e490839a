"""The command line's verbs by family: of each its grammar, and a few lines that call the room which does it (door: click)."""
