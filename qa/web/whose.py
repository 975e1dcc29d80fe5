"""Whose library the page shows: the switch above the documents. Pure functions."""

from typing import cast, get_args

from markupsafe import Markup

from qa.libraries import Which

__all__ = ["switch_html", "which_of"]

NAMES: dict[Which, str] = {"shared": "Shared", "mine": "Mine"}


def which_of(given: object) -> Which:
    """What a browser sent, as the library that it names; the shared one for all that is none."""
    return cast(Which, given) if given in get_args(Which) else "shared"


def switch_html(which: Which) -> Markup:
    """The switch between the shared library and the user's own."""
    buttons = Markup("").join(
        Markup('<button class="fn-whose" value="{}" aria-pressed="{}">{}</button>').format(
            value, "true" if value == which else "false", name
        )
        for value, name in NAMES.items()
    )
    return Markup('<div class="fn-libraries" role="group" aria-label="Library">{}</div>').format(buttons)
