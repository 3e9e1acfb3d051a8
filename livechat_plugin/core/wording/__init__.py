"""Every word that the plugin itself says to people, in one place; one module per audience."""

from livechat_plugin.core.wording.administrators import ADMINISTRATORS_ROOM, NO_ADMINISTRATOR
from livechat_plugin.core.wording.audit import NOTHING_AUDITED, audit_details, audit_line
from livechat_plugin.core.wording.cards import (
    PRIORITIES,
    TAKE_REACTION,
    card,
    card_head,
    invitation_failed,
    operator_left,
)
from livechat_plugin.core.wording.customers import (
    CUSTOMER_ROOM_IS_EMPTY,
    access_refused,
    customer_not_delivered,
    direct_chats_only,
    encrypted,
    moved_elsewhere,
)
from livechat_plugin.core.wording.dialogs import (
    CANCELLED,
    FORM_IS_GONE,
    NOTHING_IS_ASKED,
    question,
    questions_broke,
)
from livechat_plugin.core.wording.groups import not_entitled, removal_failed
from livechat_plugin.core.wording.mentions import pill
from livechat_plugin.core.wording.operators import (
    BOT_HELLO,
    INTERNAL_ERROR,
    NOTED_REACTION,
    already_taken,
    customer_keeps,
    edit_is_no_command,
    edit_of_unsent,
    name_not_shown,
    name_put_out,
    not_delivered,
    not_relayed,
    now_yours,
    only_its_operator,
    removal_reason,
)
from livechat_plugin.core.wording.people import whom_to_ask
from livechat_plugin.core.wording.rooms import closed_by, customer_left, room_failed, waiting_again
from livechat_plugin.core.wording.routing import (
    IS_THE_CUSTOMER,
    NOT_OF_THE_LIVE_CHAT,
    no_answer,
    not_given,
    routed,
)
from livechat_plugin.core.wording.switching import (
    CONFIGURATION_MENDED,
    SWITCHED_OFF,
    configuration_refused,
    restart_needed,
    switched_off_for_customer,
)

__all__ = [
    "ADMINISTRATORS_ROOM",
    "BOT_HELLO",
    "CANCELLED",
    "CONFIGURATION_MENDED",
    "CUSTOMER_ROOM_IS_EMPTY",
    "FORM_IS_GONE",
    "INTERNAL_ERROR",
    "IS_THE_CUSTOMER",
    "NOTED_REACTION",
    "NOTHING_AUDITED",
    "NOTHING_IS_ASKED",
    "NOT_OF_THE_LIVE_CHAT",
    "NO_ADMINISTRATOR",
    "PRIORITIES",
    "SWITCHED_OFF",
    "TAKE_REACTION",
    "access_refused",
    "already_taken",
    "audit_details",
    "audit_line",
    "card",
    "card_head",
    "closed_by",
    "configuration_refused",
    "customer_keeps",
    "customer_left",
    "customer_not_delivered",
    "direct_chats_only",
    "edit_is_no_command",
    "edit_of_unsent",
    "encrypted",
    "invitation_failed",
    "moved_elsewhere",
    "name_not_shown",
    "name_put_out",
    "no_answer",
    "not_delivered",
    "not_entitled",
    "not_given",
    "not_relayed",
    "now_yours",
    "only_its_operator",
    "operator_left",
    "pill",
    "question",
    "questions_broke",
    "removal_failed",
    "removal_reason",
    "restart_needed",
    "room_failed",
    "routed",
    "switched_off_for_customer",
    "waiting_again",
    "whom_to_ask",
]
