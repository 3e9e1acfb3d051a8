"""Guided questions: a form is asked one question at a time, or answered in one line.

A form of your own is an object with a `name`, the `fields` that it asks for, and a `finish`; see `Form`. Its
instance goes into the forms of `bootstrap/use_cases.py`. A command begins it with

    return await call.ask("complaint", arguments.named, context={"item": "12"})

What stands in the line is not asked again. With nothing in it every field is asked, otherwise only what is
required and missing. Wrong answers are explained and asked again.
"""

from livechat_plugin.services.dialogs.asking import Dialogs
from livechat_plugin.services.dialogs.forms import Answered, Filled, Form, Keep, Wrong

__all__ = ["Answered", "Dialogs", "Filled", "Form", "Keep", "Wrong"]
