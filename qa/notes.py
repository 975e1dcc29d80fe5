"""What an answer may be missing: documents that were not read in full, and files that were not read at all."""

from documents.model import Problem
from index.library import Library
from index.records import Filter, Unread
from qa import prompts
from qa.absent import absent
from qa.answer import Answer

__all__ = ["absent_notes", "unread_notes"]

MOST = 3  # lines: a note, not a report; `footnote list --problems` is the report
# An empty sheet hides nothing, and of an attachment that was passed over the list of problems tells.
_MISSING = frozenset(("no_text", "garbled", "truncated", "member_failed"))


def absent_notes(answer: Answer) -> tuple[str, ...]:
    """One line where the question names what nothing quoted holds, else none."""
    names = absent(answer) if answer.status == "answered" else ()
    listed = " or ".join(f"“{name}”" for name in names[:MOST])
    return (prompts.ABSENT.format(names=listed),) if names else ()


def unread_notes(library: Library, answer: Answer, where: Filter | None = None) -> tuple[str, ...]:
    """At most three lines and how many more there are; none when all that could hold an answer was read.

    An answer is told of the documents it was sought in; where none was found, of all that the search was limited to.
    """
    if answer.status == "answered":
        where = Filter(documents=tuple({passage.document_id for passage in answer.passages}))
    lines = [line for line in map(_line, library.unread(where)) if line]
    more = [prompts.UNREAD_MORE.format(count=len(lines) - MOST)] if len(lines) > MOST else []
    return tuple(lines[:MOST] + more)


def _line(unread: Unread) -> str | None:
    name = unread.name.rpartition("/")[2]
    if unread.document_id is None:
        return prompts.UNREAD_FILE.format(name=name)
    missing = [problem for problem in unread.problems if problem.kind in _MISSING]
    return prompts.UNREAD.format(name=name, what=_what(missing)) if missing else None


def _what(missing: list[Problem]) -> str:
    """The first thing that is missing, and how many more: fifty garbled pages are fifty problems."""
    more = f"; {len(missing) - 1} more" if len(missing) > 1 else ""
    return missing[0].message + more
