from livechat_plugin import AssignTo, OfferToGroup
from livechat_plugin.core import wording

BORIS = "@boris:example.org"


def test_a_route_is_told_where_it_needs_telling() -> None:
    assert wording.routed(OfferToGroup()) is None
    assert wording.routed(OfferToGroup("Nobody is named.")) == "Nobody is named; offered to the operators."
    assert wording.routed(AssignTo(BORIS)) == f"Given to {BORIS}."
    assert wording.routed(AssignTo(BORIS, "manager")) == f"Given to {BORIS} (manager)."


def test_who_cannot_get_a_session_is_told_with_the_reason() -> None:
    route = AssignTo(BORIS, "manager")
    assert wording.not_given(route, "is away") == f"{BORIS} (manager) is away"
    assert wording.not_given(AssignTo(BORIS), wording.IS_THE_CUSTOMER) == f"{BORIS} is the customer"


def test_a_rule_that_nobody_carries_out_is_named() -> None:
    assert "'rota'" in wording.no_answer("rota")
