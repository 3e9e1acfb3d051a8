"""What is kept, as the use cases see it: one module per topic, with its repository and its records."""
