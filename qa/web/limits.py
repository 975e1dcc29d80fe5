"""What questions are limited to: documents ticked, collections, types, days, a pattern of paths; and its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from documents.detect import SUFFIXES
from index.filters import parse_filter
from index.library import Library
from index.records import DocumentRecord, Filter
from qa.web.words import counted

__all__ = ["Limits", "limits_html", "scope_html"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits as a person set them; an empty one limits nothing."""

    documents: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    path: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any], documents: tuple[str, ...] = ()) -> "Limits":
        """The limits that the page's form holds, with the documents that are ticked."""

        def several(name: str) -> tuple[str, ...]:
            values = given.get(name)
            return tuple(v for v in values if isinstance(v, str)) if isinstance(values, list) else ()

        def one(name: str) -> str:
            return str(given.get(name) or "").strip()[:500]

        return cls(documents, several("collections"), several("types"), one("since"), one("until"), one("pattern"))

    def ticking(self, document_id: str) -> "Limits":
        """With a document ticked, or its tick taken away."""
        kept = tuple(i for i in self.documents if i != document_id)
        return replace(self, documents=kept if document_id in self.documents else (*kept, document_id))

    def among(self, records: Sequence[DocumentRecord]) -> "Limits":
        """Without the documents that are gone."""
        return replace(self, documents=tuple(r.id for r in records if r.id in self.documents))

    def where(self, library: Library) -> Filter | None:
        """The filter for a search; raises FilterError for a type or day that is none, NotInLibrary."""
        return parse_filter(
            library,
            documents=self.documents,
            collections=self.collections,
            types=self.types,
            since=self.since or None,
            until=self.until or None,
            path=self.path or None,
        )


def type_name(media_type: str) -> str:
    """A type for a person: its usual suffix in capitals."""
    return next((suffix[1:].upper() for suffix, media in SUFFIXES.items() if media == media_type), media_type)


def limits_html(records: Sequence[DocumentRecord], limits: Limits) -> Markup:
    """The form of limits, with what the library has to choose from."""
    collections = sorted({c for r in records for c in r.collections if c} | set(limits.collections))
    types = sorted({r.media_type for r in records} | set(limits.types), key=type_name)
    parts = [
        _boxes("Collections", "collections", [(c, c) for c in collections], limits.collections),
        _boxes("Types", "types", [(t, type_name(t)) for t in types] if len(types) > 1 else [], limits.types),
        Markup(
            '<div class="fn-dates"><label class="fn-field"><span>From</span><input type="date" name="since" '
            'value="{}"></label><label class="fn-field"><span>To</span><input type="date" name="until" value="{}">'
            "</label></div>"
        ).format(limits.since, limits.until),
        Markup(
            '<label class="fn-field"><span>Path</span><input name="pattern" value="{}" placeholder="*/2024/*" '
            'autocomplete="off" spellcheck="false"></label>'
        ).format(limits.path),
    ]
    return Markup(
        '<div role="dialog" aria-label="Limits"><header class="fn-dialog-head"><h2>Ask only …</h2>'
        '<button class="fn-shut" title="Close (Esc)" aria-label="Close">✕</button></header>'
        '<form class="fn-form" id="fn-limits-form">{}<p class="fn-dim">Tick documents in the list to ask only these.'
        "</p></form></div>"
    ).format(Markup("").join(parts))


def _boxes(label: str, name: str, choices: Sequence[tuple[str, str]], chosen: Sequence[str]) -> Markup:
    if not choices:
        return Markup("")
    boxes = Markup("").join(
        Markup('<label><input type="checkbox" name="{}" value="{}"{}>{}</label>').format(
            name, value, Markup(" checked") if value in chosen else Markup(""), said
        )
        for value, said in choices
    )
    return Markup('<fieldset class="fn-boxes"><legend>{}</legend>{}</fieldset>').format(label, boxes)


def scope_html(limits: Limits, records: Sequence[DocumentRecord]) -> Markup:
    """Says what questions are limited to; empty where they go to all documents."""
    titles = [r.title for r in records if r.id in limits.documents]
    said = [titles[0] if len(titles) == 1 else counted(len(titles), "document")] if titles else []
    said += [f"collection {c}" for c in limits.collections] + [type_name(t) for t in limits.types]
    said += [f"{word} {day}" for word, day in (("from", limits.since), ("to", limits.until)) if day]
    said += [limits.path] if limits.path else []
    if not said:
        return Markup("")
    return Markup(
        '<p class="fn-scope" role="status">Asking only <b>{}</b> <button class="fn-unlimit">Ask all {:,}</button></p>'
    ).format(" · ".join(said), len(records))
