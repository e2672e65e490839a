"""The terminal as a platform: briefings, answers and tables for the command line."""
