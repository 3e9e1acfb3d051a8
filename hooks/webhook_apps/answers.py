"""What the other side answers, checked to the last field."""

from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Setting

from livechat_plugin import App, Item


class WebhookFailed(Exception):
    """The other side answers what it should not; an administrator must look at it."""


class Answer(BaseModel):
    """What is answered; what else stands in it is of no interest."""

    model_config = ConfigDict(extra="ignore", strict=True)


class ItemAnswer(Answer):
    """An item as the other side tells of it."""

    id: str = Setting(min_length=1, max_length=255)
    title: str = ""
    values: dict[str, Any] = {}
    link: str | None = Setting(default=None, pattern=r"^https?://")
    author: str | None = None
    editor: str | None = None
    created: datetime | None = Setting(default=None, strict=False)
    changed: datetime | None = Setting(default=None, strict=False)

    def as_item(self, app: App) -> Item:
        """The same as everybody knows it."""
        return Item(
            app.key,
            self.id,
            self.title,
            {key: value for key, value in self.values.items() if value is not None},
            link=self.link,
            author=self.author,
            editor=self.editor,
            created_at=self.created,
            changed_at=self.changed,
        )


class One(Answer):
    """One item, or none."""

    item: ItemAnswer | None


class Several(Answer):
    """Items, best first."""

    items: list[ItemAnswer]


class Errors(Answer):
    """A refusal: the reason for each field by its key."""

    errors: dict[str, str] = Setting(min_length=1)


AnswerT = TypeVar("AnswerT", bound=Answer)


def read(model: type[AnswerT], answer: bytes) -> AnswerT:
    """The answer.

    Raises:
        WebhookFailed: it is not as agreed; the words of the answer are left out.
    """
    try:
        return model.model_validate_json(answer)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise WebhookFailed(f"the answer is not as agreed ({where}: {first['type']})") from None
