"""Putting everything together: the only place that knows every part and reads the configuration.

Each part is imported by its own name, since what the whole plugin needs takes a second to import.
"""
