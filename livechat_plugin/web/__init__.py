"""The plugin's web server: the homeserver's pushes, health and metrics."""
