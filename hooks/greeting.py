"""The words a customer reads when a session opens and when it is closed."""

from pydantic import Field

from livechat_plugin import Account, Hook, HookSettings, LiveChat, Session, hookimpl


class GreetingSettings(HookSettings):
    """What is said. `{live_chat}`, `{customer}` and `{number}` stand for the session's own."""

    greeting: str = Field(
        default="Hello {customer}, thank you for writing to {live_chat}. Somebody will be with you shortly.",
        description="First words to the customer when a session opens; empty says nothing.",
        max_length=2000,
    )
    farewell: str = Field(
        default="This chat is closed now. If you need anything else, just write again.",
        description="Last words to the customer when the session is closed; empty says nothing.",
        max_length=2000,
    )


class Greeting(Hook[GreetingSettings]):
    """Greets the customer and says good-bye, in the words of the configuration."""

    settings_model = GreetingSettings

    @hookimpl
    async def livechat_choose_greeting(self, session: Session, live_chat: LiveChat, customer: Account) -> str:
        """The configured greeting with the session's own words filled in."""
        return _fill(self.settings.greeting, session, live_chat, customer)

    @hookimpl
    async def livechat_choose_farewell(self, session: Session, live_chat: LiveChat, customer: Account) -> str:
        """The configured farewell with the session's own words filled in."""
        return _fill(self.settings.farewell, session, live_chat, customer)


def _fill(words: str, session: Session, live_chat: LiveChat, customer: Account) -> str:
    """Replace the known placeholders only, so that any other brace in the words stays as it is."""
    values = {"live_chat": live_chat.name, "customer": customer.display_name, "number": str(session.number)}
    for name, value in values.items():
        words = words.replace("{" + name + "}", value)
    return words
