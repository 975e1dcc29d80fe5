"""Every error Footnote raises on purpose; the message names the thing, what was expected and what to do.

FootnoteError
├── DocumentError            a file can't become a document
│   ├── UnsupportedFile      no reader knows this type of content
│   ├── UnreadableFile       missing, not permitted, changed while read, or damaged
│   ├── ProtectedFile        needs a password
│   ├── EmptyDocument        was read, and holds no text
│   └── LimitExceeded        too large, too slow or too greedy to read safely
├── MissingExtra             an optional package is not installed
├── LibraryError             the library on disk can't do what was asked
│   ├── LibraryCorrupt       a file of the library is damaged or isn't a library
│   ├── LibraryBusy          another process is writing
│   ├── LibraryFull          the disk has no room for the change
│   ├── EncoderMismatch      the library was made with another encoder
│   └── NotInLibrary         no such document
├── EncoderError             the encoder's weights are missing or not the expected ones
├── FilterError              a limit names no type or day that there is
├── QuestionError            the question is empty or too long
├── CitationError            a citation's quote isn't the text at its span
├── ModelError               a language model or reader can't be loaded or failed
│   └── ContextOverflow      the question and its passages are longer than the model can take
├── PeopleError              a user or a token can't be added, or isn't there
│   └── NotPermitted         a caller may not do this, or not with this library
├── ServerBusy               too much is waiting to be done
└── DatasetError             a question set can't be read
"""

__all__ = [
    "CitationError",
    "ContextOverflow",
    "DatasetError",
    "DocumentError",
    "EmptyDocument",
    "EncoderError",
    "EncoderMismatch",
    "FilterError",
    "FootnoteError",
    "LibraryBusy",
    "LibraryCorrupt",
    "LibraryError",
    "LibraryFull",
    "LimitExceeded",
    "MissingExtra",
    "ModelError",
    "NotInLibrary",
    "NotPermitted",
    "PeopleError",
    "ProtectedFile",
    "QuestionError",
    "ServerBusy",
    "UnreadableFile",
    "UnsupportedFile",
]


class FootnoteError(Exception):
    """The root: catch this to catch everything Footnote raises on purpose."""


class DocumentError(FootnoteError):
    """A file can't become a document."""


class UnsupportedFile(DocumentError):
    """No reader knows this type of content."""


class UnreadableFile(DocumentError):
    """The file is missing, not permitted, changed while it was read, or damaged."""


class ProtectedFile(DocumentError):
    """The file needs a password."""


class EmptyDocument(DocumentError):
    """The file was read and holds no text."""


class LimitExceeded(DocumentError):
    """The file is too large, too slow or too greedy to read safely."""


class MissingExtra(FootnoteError):
    """An optional package is not installed; the message gives the command that installs it."""


class LibraryError(FootnoteError):
    """The library on disk can't do what was asked."""


class LibraryCorrupt(LibraryError):
    """A file of the library is damaged, or isn't a library."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library."""


class LibraryFull(LibraryError):
    """The disk has no room for the change; nothing was changed."""


class EncoderMismatch(LibraryError):
    """The library was made with another encoder."""


class NotInLibrary(LibraryError):
    """No document of the library has this identifier or source."""


class EncoderError(FootnoteError):
    """The encoder's weights are missing, or not the expected ones."""


class FilterError(FootnoteError):
    """A limit of a search or a list is not one: no such type, no such day."""


class QuestionError(FootnoteError):
    """The question is empty or too long."""


class CitationError(FootnoteError):
    """A citation's quote isn't the text at its span."""


class ModelError(FootnoteError):
    """A language model or a reader can't be loaded, or failed while answering."""


class ContextOverflow(ModelError):
    """The question and its passages are longer than the language model can take."""


class PeopleError(FootnoteError):
    """A user or a token can't be added, or isn't there."""


class NotPermitted(PeopleError):
    """A caller may not do this, or not with this library; the message says who may."""


class ServerBusy(FootnoteError):
    """More is waiting than can be done soon; `after` so many seconds it is worth asking again."""

    def __init__(self, message: str, *, after: int = 1) -> None:
        super().__init__(message)
        self.after = after


class DatasetError(FootnoteError):
    """A question set can't be read."""
