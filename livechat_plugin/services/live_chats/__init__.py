"""Live chats as data: what administrators say of one, checking it, and creating, changing and deleting it (S7-S13)."""

from livechat_plugin.services.live_chats.administration import Administration
from livechat_plugin.services.live_chats.checking import Checked, Checking
from livechat_plugin.services.live_chats.choices import Choice, Choices, Choosing
from livechat_plugin.services.live_chats.fields import Questions, changes_from
from livechat_plugin.services.live_chats.form import LiveChatForm, form_of
from livechat_plugin.services.live_chats.showing import Section, Source, sections, sources

__all__ = [
    "Administration",
    "Checked",
    "Checking",
    "Choice",
    "Choices",
    "Choosing",
    "LiveChatForm",
    "Questions",
    "Section",
    "Source",
    "changes_from",
    "form_of",
    "sections",
    "sources",
]
