"""Everything that knows the Matrix protocol: the homeserver as our ghosts use it, and room events as types."""
