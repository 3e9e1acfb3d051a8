"""An id is found where it stands by itself, and nowhere else."""

import pytest

from livechat_plugin.core.erasure import mentions

ANN = "@ann:x.org"


@pytest.mark.parametrize(
    "text",
    [
        "@ann:x.org",
        "Ask @ann:x.org. She knows.",
        "Ask @ann:x.org: she knows",
        '{"body":"said\\n@ann:x.org\\nto you"}',
        '{"user_id":"@ann:x.org"}',
        '<a href="https://matrix.to/#/@ann:x.org">Ann</a>',
        "(@ann:x.org)",
        "@ann:x.orgé",
    ],
)
def test_where_it_stands_by_itself(text: str) -> None:
    assert mentions(ANN).search(text)


@pytest.mark.parametrize(
    "text", ["@ann:x.org.uk", "@ann:x.org:8448", "@ann:x.organic", "@ann:x.org-2", "@joann:x.org"]
)
def test_where_it_is_a_part_of_another(text: str) -> None:
    assert not mentions(ANN).search(text)


def test_ids_of_other_networks() -> None:
    assert mentions("visitor-1").search('{"who":"visitor-1"}')
    assert mentions("visitor-1").search('{"body":"by\\nvisitor-1"}')
    assert not mentions("visitor-1").search('{"who":"visitor-12"}')
    assert not mentions("visitor-1").search('{"who":"my_visitor-1"}')


def test_a_number_counts_as_a_whole_string_only() -> None:
    assert mentions("12").sub("nobody", '{"who":"12","session":12,"at":"2012","other":"312"}') == (
        '{"who":"nobody","session":12,"at":"2012","other":"312"}'
    )
