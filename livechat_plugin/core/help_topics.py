"""What commands are about, as `!help` groups them, and whom each of these groups is for."""

from enum import Enum, StrEnum


class Audience(StrEnum):
    """Whom a command is for; who writes it all the same is refused by the use case."""

    EVERYBODY = "everybody"
    EMPLOYEES = "operators and supervisors"
    ASKED = "whoever is asked questions"
    SUPERVISORS = "supervisors"
    ADMINISTRATORS = "administrators"
    CONSOLE = "operators, supervisors and administrators"


class Topic(Enum):
    """A heading of `!help`, in the order in which they are shown."""

    CHATS = ("Live chats", Audience.EVERYBODY)
    SESSION = ("The session", Audience.EMPLOYEES)
    CUSTOMER = ("The customer", Audience.EMPLOYEES)
    LISTS = ("Looking up", Audience.EMPLOYEES)
    WORK = ("Whether you work", Audience.EMPLOYEES)
    SUPERVISION = ("For supervisors", Audience.SUPERVISORS)
    ADMINISTRATION = ("For administrators", Audience.ADMINISTRATORS)
    CONSOLE = ("In the browser", Audience.CONSOLE)
    QUESTIONS = ("When you are asked something", Audience.ASKED)
    HELP = ("Help", Audience.EVERYBODY)

    def __init__(self, heading: str, audience: Audience) -> None:
        self.heading = heading
        self.audience = audience
