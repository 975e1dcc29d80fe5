"""What a person sets on the page: how answers are made, how strict "not in the documents" is, the theme.

Values come from a browser or a file and are never trusted: what isn't one of the choices becomes the default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from markupsafe import Markup

from qa.chain import Options

__all__ = ["Settings", "settings_html"]

PASSAGES = (5, 10, 20, 40)
# The least confidence with which the library is said to answer; None is the fitted one, about 0.3.
STRICTNESS: dict[str, float | None] = {"lenient": 0.1, "standard": None, "strict": 0.6}
THEMES = ("auto", "light", "dark")
QUOTED = "none"  # the model's name where answers shall be quoted whatever the server's usual model is
USUAL = Options()


@dataclass(frozen=True, slots=True)
class Settings:
    """One user's choices; `model` is a language model's name, "none" for quoted answers, empty for the server's own."""

    model: str = ""
    passages: int = 10
    strictness: str = "standard"
    unsupported: str = "mark"
    theme: str = "auto"

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Settings":
        """The settings that some JSON holds."""
        passages = str(given.get("passages", ""))
        return cls(
            model=" ".join(str(given.get("model") or "").split())[:200],
            passages=int(passages) if passages in map(str, PASSAGES) else cls().passages,
            strictness=_one(given.get("strictness"), tuple(STRICTNESS), "standard"),
            unsupported=_one(given.get("unsupported"), ("mark", "replace"), "mark"),
            theme=_one(given.get("theme"), THEMES, "auto"),
        )

    def confined(self) -> "Settings":
        """The same with no language model but the server's own."""
        return self if self.model.lower() == QUOTED else replace(self, model="")

    def to_json(self) -> dict[str, Any]:
        """Plain values, as of() reads them."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def options(self, usual: Options = USUAL) -> Options:
        """How the chain shall answer: as the server does by `usual`, changed by what was chosen here."""
        chosen = {"mark": usual.unsupported, "replace": "replace"}[self.unsupported]
        changed = replace(usual, passages=self.passages, unsupported=chosen)
        if self.strictness != "standard":
            changed = replace(changed, threshold=STRICTNESS[self.strictness])
        if self.model:
            changed = replace(changed, llm=None if self.model.lower() == QUOTED else self.model)
        return changed


def _one(given: object, choices: tuple[str, ...], default: str) -> str:
    return given if isinstance(given, str) and given in choices else default


def settings_html(chosen: Settings, user: str = "", *, any_model: bool = True) -> Markup:
    """The dialog's form, with who is signed in; the page sends its values on every change."""
    own = (("", "The usual one"), (QUOTED, "None: answers are quoted word for word"))
    named = Markup(
        '<label class="fn-field"><span>Language model</span><input name="model" value="{}" autocomplete="off" '
        'spellcheck="false" placeholder="the usual one"><small>A name such as '
        "ollama:llama3.2, or none: then answers are quoted word for word. What a model writes is checked, sentence by "
        "sentence.</small></label>"
    ).format(chosen.model)
    model = named if any_model else _select("model", "Language model", own, chosen.model)
    strictness = (
        ("lenient", "Lenient: rather a doubtful answer than none"),
        ("standard", "Standard"),
        ("strict", "Strict: rather no answer than a doubtful one"),
    )
    unsupported = (("mark", "Mark them"), ("replace", "Put a quotation in their place"))
    themes = (("auto", "As the system"), ("light", "Light"), ("dark", "Dark"))
    passages = tuple((str(n), f"{n}") for n in PASSAGES)
    return Markup(
        '<div role="dialog" aria-label="Settings"><header class="fn-dialog-head"><h2>Settings</h2>'
        '<button class="fn-shut" title="Close (Esc)" aria-label="Close">✕</button></header>'
        '<form class="fn-form" id="fn-settings-form">{}{}{}{}{}<p class="fn-dim">Kept as you change it, for the '
        "questions that follow.</p></form>{}</div>"
    ).format(
        model,
        _select("strictness", "When to say “not in the documents”", strictness, chosen.strictness),
        _select("passages", "Passages to search through", passages, str(chosen.passages)),
        _select("unsupported", "Sentences no source supports", unsupported, chosen.unsupported),
        _select("theme", "Theme", themes, chosen.theme),
        Markup('<p class="fn-dim">Signed in as {} · <a href="/sign-in">Sign out</a></p>').format(user) if user else "",
    )


def _select(name: str, label: str, choices: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    options = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            value, Markup(" selected") if value == chosen else Markup(""), said
        )
        for value, said in choices
    )
    return Markup('<label class="fn-field"><span>{}</span><select name="{}">{}</select></label>').format(
        label, name, options
    )
