"""What an administrator reads after a database was restored."""

import pytest

from livechat_plugin.core.wording import restoring as wording


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (0, "0 session rooms that were used since the backup are left behind"),
        (1, "1 session room is left behind"),
        (2, "2 session rooms that were used since the backup are left behind"),
    ],
)
def test_it_says_what_was_set_right_and_what_to_do_next(left: int, words: str) -> None:
    said = wording.restored(left)
    assert words in said
    assert "Start the plugin" in said
