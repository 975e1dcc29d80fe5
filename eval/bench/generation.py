"""The same small language model behind every system: does what it writes hold the answer, and do its sources say it?

The model is called over HTTP by all. A peer's passages go into one plain prompt, best first, as many words as the model
can take; Footnote's own chain writes its own. What was written is then checked in the same way for all, by Footnote's
checker against the passages that the model was given: it tells the shares of sentences that they don't support, and
that a reader isn't warned of.
"""

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eval import metrics as m
from eval.bench.matter import Matter
from eval.bench.systems import FOOTNOTE, Process, System
from eval.resample import bootstrap_interval

__all__ = ["WORDS", "given", "over_http", "prompt", "tally", "written"]

WORDS = 1000  # of passages, about 1,400 tokens: the small model takes 2,048 with its answer
TELLING = 40  # characters of a sentence by which its passage is known again
_PROMPT = "Answer the question in one or two sentences, from these passages only.\n\n{passages}\n\nQuestion: {question}"

Written = Mapping[str, Any]
"""{"answers": accepted ones, "passages": texts, "sentences": [text, …], "marked": [bool, …]} of one question."""


def prompt(question: str, passages: Sequence[str]) -> str:
    """What a peer's passages become for the model, cut after 1,000 words."""
    left, kept = WORDS, []
    for passage in passages:
        words = passage.split()[:left]
        left -= len(words)
        if words:
            kept.append(" ".join(words))
    return _PROMPT.format(passages="\n\n".join(kept), question=question)


@contextmanager
def over_http(llm: str) -> Iterator[tuple[str, str | None]]:
    """The name and address by which all systems call the model: the packaged one is served by llama.cpp for as long.

    Any other keeps its name, and the address that it has of itself. Raises MissingExtra or ModelError.
    """
    if llm != "smollm2":
        yield llm, None
        return
    from qa.writer.llm import SMOLLM2_CONTEXT
    from qa.writer.local import llama_server, smollm2_file

    key, before = secrets.token_urlsafe(32), os.environ.get("OPENAI_API_KEY")
    server = llama_server(smollm2_file(), SMOLLM2_CONTEXT, key)
    os.environ["OPENAI_API_KEY"] = key
    try:
        yield f"openai:{llm}", f"{server.listening_address}/v1"
    finally:
        del os.environ["OPENAI_API_KEY"]
        if before is not None:
            os.environ["OPENAI_API_KEY"] = before


def given(passages: Sequence[str], sent: str) -> list[str]:
    """The passages that a prompt holds, whole or in part: those of which a sentence begins in it, spaces aside.

    Sentences of fewer than 40 characters tell nothing, but where a passage has no other.
    """
    said = " ".join(sent.split())
    return [passage for passage in passages if any(start in said for start in _beginnings(passage))]


def _beginnings(passage: str) -> list[str]:
    whole = [" ".join(sentence.split()) for sentence in _sentences(passage)]
    return [sentence[:TELLING] for sentence in whole if len(sentence) >= TELLING] or [" ".join(whole)]


def tally(rows: Sequence[Written]) -> dict[str, Any]:
    """The share of questions whose answer is contained, and of sentences unsupported, and not marked so.

    Each share as (value, low, high), a 95 % bootstrap interval over questions; 0 where nothing was written.
    """
    from qa.checker.check import check

    contained = [m.containment(" ".join(row["sentences"]), row["answers"]) for row in rows]
    found = [
        (number, check(sentence, row["passages"]).support == "unsupported", marked)
        for number, row in enumerate(rows)
        for sentence, marked in zip(row["sentences"], row["marked"], strict=True)
    ]
    owners = [number for number, _, _ in found]
    return {
        "contains": _share([value for value in contained if value is not None]),
        "sentences": len(found),
        "unsupported": _share([wrong for _, wrong, _ in found], owners),
        "unmarked": _share([wrong and not marked for _, wrong, marked in found], owners),
    }


def _share(values: Sequence[float], owners: Sequence[int] | None = None) -> tuple[float, float, float]:
    interval = bootstrap_interval(values, clusters=owners)
    return (sum(values) / len(values), interval.low, interval.high) if interval else (0.0, 0.0, 0.0)


def written(
    system: System, python: Path, matter: Matter, folder: Path, *, most: int, llm: str, url: str | None
) -> dict[str, Any]:
    """The tally of one system, with what was written beside it; what is indexed in `folder` already is used."""
    rows = (
        _ours(matter, folder, most, llm, url)
        if system.name == FOOTNOTE
        else _theirs(system, python, matter, folder, most, llm, url)
    )
    return {**tally(rows), "rows": rows}


def _theirs(
    system: System, python: Path, matter: Matter, folder: Path, most: int, llm: str, url: str | None
) -> list[dict[str, Any]]:
    from qa.writer.llm import model_of

    chat = model_of(llm, url).chat
    rows = []
    with Process(system, python) as process:
        if not folder.is_dir():
            process.call("index", files=[str(file) for file in matter.files], folder=str(folder))
        process.call("open", folder=str(folder))
        for question in matter.every(most):
            reply = process.call("ask", question=question.question, history=[], k=0)
            passages = [text for _, text in reply["passages"][: reply["used"]]]
            sent = prompt(question.question, passages)
            said = _sentences(str(chat.invoke(sent).text))
            rows.append(_row(question.id, question.answers, given(passages, sent), said, [False] * len(said)))
    return rows


def _ours(matter: Matter, folder: Path, most: int, llm: str, url: str | None) -> list[dict[str, Any]]:
    from index.library import Library
    from qa.chain import Options, build_chain

    rows = []
    with Library.open(folder) as library:
        library.add_files(list(matter.files))
        chain = build_chain(library, Options(llm=llm, base_url=url))
        for question in matter.every(most):
            answer = chain.invoke({"question": question.question})
            said = [sentence.text for sentence in answer.sentences]
            marked = [sentence.support in ("unsupported", "partial") for sentence in answer.sentences]
            passages = [passage.text for passage in answer.passages]
            if answer.prompt is not None:  # else the answer quotes any of them
                passages = given(passages, answer.prompt)
            rows.append({**_row(question.id, question.answers, passages, said, marked), "model": answer.model})
    return rows


def _row(
    id: str, answers: Sequence[str], passages: list[str], sentences: list[str], marked: list[bool]
) -> dict[str, Any]:
    return {"id": id, "answers": list(answers), "passages": passages, "sentences": sentences, "marked": marked}


def _sentences(text: str) -> list[str]:
    from documents.split import sentences

    return [text[sentence.start : sentence.end] for sentence in sentences(text, 0, len(text))]
