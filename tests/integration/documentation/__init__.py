"""Carrying out what stands in the documentation: the conversations and the commands of its pages."""
