"""How long something takes, in words."""

from datetime import timedelta

import pytest

from livechat_plugin.core.durations import in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 minute"),
        (3599, "59 minutes"),
        (3600, "1 hour"),
        (86_399, "23 hours"),
        (86_400, "1 day"),
        (3 * 86_400 + 7, "3 days"),
    ],
)
def test_the_largest_unit_that_fits(seconds: int, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words
