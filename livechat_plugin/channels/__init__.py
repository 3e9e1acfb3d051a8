"""The ways to reach customers: each is a `Channel` for one network."""
