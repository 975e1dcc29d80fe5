"""What the tests of answering share: hits and evidence made of sentences, and a reader that reads by a script."""

from collections.abc import Callable, Sequence

from index.search import Hit, SentenceHit
from qa.evidence import Evidence
from qa.reader import NOTHING, Reading, Window


def hit(*sentences: str, document: str = "a", passage: int = 1, start: int = 0, score: float = 0.0) -> Hit:
    """A passage of these sentences, a space between them, that begins at `start` of its document."""
    spans, at = [], start
    for sentence in sentences:
        spans.append(SentenceHit(at, at + len(sentence), 0.0))
        at += len(sentence) + 1
    text = " ".join(sentences)
    title = f"Document {document}"
    return Hit(
        passage, document, f"{document}.txt", title, "", start, start + len(text), text, score, 0.0, 0.0, tuple(spans)
    )


def evidence(of: Hit, index: int, share: float = 0.2, score: float = 0.0) -> Evidence:
    """Sentence number `index` of a hit."""
    sentence = of.sentences[index]
    return Evidence(of, index, sentence.start, sentence.end, score, share)


class Scripted:
    """A reader whose logit for a sentence is what `logit` says of it; the words it finds are the whole best sentence.

    `asked` and `windows` keep what it was given.
    """

    name = "scripted"

    def __init__(self, logit: Callable[[str], float]) -> None:
        self.logit = logit
        self.asked: list[str] = []
        self.windows: list[Window] = []

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        self.asked.append(question)
        self.windows.extend(windows)
        return [self._reading(window) for window in windows]

    def _reading(self, window: Window) -> Reading:
        logits = tuple(self.logit(window.text[start:end]) for start, end in window.sentences)
        best = max(range(len(logits)), key=lambda n: logits[n])
        if logits[best] == NOTHING:
            return Reading(NOTHING, logits, 0, 0, NOTHING)
        return Reading(logits[best], logits, *window.sentences[best], logits[best])
