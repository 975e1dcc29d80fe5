"""What the page shows of its library, and what questions are limited to: handlers like those of page.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from documents.errors import NotPermitted
from index.library import Library
from qa.libraries import Libraries, Which
from qa.starters import starter_questions
from qa.web.limits import Limits, limits_html, scope_html
from qa.web.originals import shown_record
from qa.web.shelf import collections_html, documents_html
from qa.web.welcome import welcome_html

__all__ = ["NOWHERE", "Holdings", "Told"]

Told = dict[str, Any]  # new values of the page's parts, by their names
NOWHERE = Limits()


@dataclass(frozen=True)
class Holdings:
    """The handlers that need the library alone; where people sign in, it is one of `libraries`, asked by `caller`."""

    library: Library
    libraries: Libraries | None = field(default=None, kw_only=True)
    caller: str = field(default="", kw_only=True)
    which: Which = field(default="shared", kw_only=True)

    def permit(self) -> None:
        """Raises NotPermitted where the caller may not change the library, or the questions kept with it."""
        if self.libraries is not None:
            self.libraries.permit(self.caller, self.which)

    def changing(self) -> Self:
        """The same over the library to add to, made where it wasn't there; raises NotPermitted."""
        if self.libraries is None:
            return self
        return replace(self, library=self.libraries.changing(self.caller, self.which))

    @property
    def owner(self) -> str:
        """The user who looks at the page; "" where nobody signs in."""
        return self.caller if self.libraries is None else self.libraries.owner(self.caller)

    @property
    def fixed(self) -> bool:
        """Whether the caller can only read the library."""
        try:
            self.permit()
        except NotPermitted:
            return True
        return False

    def welcome(self) -> str:
        """The page before the first question."""
        records = self.library.documents()
        return str(welcome_html(records, starter_questions(self.library, 4) if records else []))

    def shelf(self, limits: Limits) -> Told:
        """The list of documents, and what questions are limited to."""
        records = [shown_record(self.library, record) for record in self.library.documents()]
        limits = limits.among(records)
        return {
            "documents": str(documents_html(records, limits.documents, fixed=self.fixed)),
            "into": str(collections_html(records)),
            "limits": limits,
            "limiting": str(limits_html(records, limits)),
            "scope": str(scope_html(limits, records)),
        }

    def tick(self, document_id: str, limits: Limits) -> Told:
        """Ticks a document or takes its tick away; an empty id takes all limits away."""
        return self.shelf(limits.ticking(document_id) if document_id else NOWHERE)

    def limit(self, given: Mapping[str, Any], limits: Limits) -> Told:
        """Limits questions as the form says; a limit that makes no sense changes nothing."""
        wanted = Limits.of(given, limits.documents)
        wanted.among(self.library.documents()).where(self.library)
        told = self.shelf(wanted)
        return {name: told[name] for name in ("limits", "scope")} | {"notice": ""}
