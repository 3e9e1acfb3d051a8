"""The repositories of a fake store, one module each."""
