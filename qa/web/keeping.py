"""Answers on their way to disk: nobody waits for that to see one, and the page is told where it fails."""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property

from qa.answer import Answer
from qa.history import History

__all__ = ["Keeping"]


class Keeping:
    """Saves answers one after the other, in a thread of its own that the process waits for when it ends."""

    def __init__(self) -> None:
        self._under_way: dict[str, Future[None]] = {}

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1, "footnote-keep")

    def save(self, history: History, talk: str, question: str, answer: Answer) -> None:
        """Begins to add a turn to a conversation, once the turns before it are there: what one raised, this raises."""
        before = self._under_way.get(talk)
        self._under_way[talk] = self._pool.submit(self._save, before, history, talk, question, answer)

    @staticmethod
    def _save(before: Future[None] | None, history: History, talk: str, question: str, answer: Answer) -> None:
        history.save(talk, question, answer)
        if before is not None:
            before.result()

    def kept(self, talk: str) -> None:
        """Waits until a conversation's last turn is on disk; raises what History.save raised."""
        job = self._under_way.pop(talk, None)
        if job is not None:
            job.result()

    def close(self) -> None:
        """Waits until all is on disk; nothing can be saved afterwards."""
        self._pool.shutdown()
