"""What is said to administrators by ourselves."""

ADMINISTRATORS_ROOM = (
    "Live chat: administrators",
    "What the administrators of the live chats must know. Write to the bot in a direct chat for its commands.",
)
"""Name and topic of the room where administrators are told what they must know."""

NO_ADMINISTRATOR = "You are no administrator of the live chats any more."
"""For somebody who is taken out of that room."""
