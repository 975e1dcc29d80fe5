"""What happens when the library was changed by another process, or in another tab: a handler like those of page.py."""

from collections.abc import Mapping
from typing import Any

from qa.web.limits import Limits
from qa.web.page import Page, Told
from qa.web.session import Session
from qa.web.welcome import notice
from qa.web.words import counted

__all__ = ["look"]


def look(page: Page, given: Mapping[str, Any], session: Session, limits: Limits) -> Told:
    """The library as it is now, the open footnote checked again, and what changed since the page showed it.

    `given` holds the ids of the documents that the page shows ("had"), and the encoder where it is another ("encoder").
    """
    told = {**page.changed(session, limits), "panel": page.panel(session)}
    said = _said(given.get("had"), {r.id for r in page.library.documents()}, given.get("encoder"))
    return {**told, "notice": str(notice(said, "good"))} if said else told


def _said(had: object, now: set[str], encoder: object) -> str:
    shown = {item for item in had if isinstance(item, str)} if isinstance(had, list) else now
    counts = ((len(now - shown), "came"), (len(shown - now), "went"))
    parts = [f"{counted(count, 'document')} {what}" for count, what in counts if count]
    if isinstance(encoder, str) and encoder:
        parts.append(f"all was encoded anew with {encoder[:200]}")
    return f"The library was changed elsewhere: {', '.join(parts)}. This page shows it as it is now." if parts else ""
