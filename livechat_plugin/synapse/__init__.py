"""What runs within Synapse itself, as a module of its configuration; nothing else of the plugin is needed there."""
