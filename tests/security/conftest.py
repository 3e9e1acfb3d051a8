"""A live chat on fakes, as in the unit tests: the application and its use cases are the real ones."""

from tests.unit.conftest import desk, hurry, logged

__all__ = ["desk", "hurry", "logged"]
