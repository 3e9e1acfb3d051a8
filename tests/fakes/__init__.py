"""Stand-ins for the ports, for tests of the use cases."""
