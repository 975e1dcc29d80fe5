"""What the server counts, for Prometheus: requests, answers and how long they took, what could not be answered.

Each server has a registry of its own; nothing of a question or a document is in it.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

__all__ = ["Meters"]

SECONDS = (0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)  # the histogram's upper bounds


class Meters:
    """The counters of one server; safe to use from many threads."""

    @cached_property
    def registry(self) -> "CollectorRegistry":
        """Where the counters are registered."""
        from prometheus_client import CollectorRegistry

        return CollectorRegistry()

    @cached_property
    def _all(self) -> dict[str, Any]:
        from prometheus_client import Counter, Gauge, Histogram

        made: dict[str, Any] = {
            "requests": Counter(
                "footnote_requests", "Requests to the API", ("route", "method", "status"), registry=self.registry
            ),
            "answers": Counter("footnote_answers", "Answers by their status", ("status",), registry=self.registry),
            "errors": Counter("footnote_errors", "Questions that failed, by error", ("type",), registry=self.registry),
            "seconds": Histogram(
                "footnote_answer_seconds",
                "Time of an answer, waiting included",
                buckets=SECONDS,
                registry=self.registry,
            ),
            "documents": Gauge("footnote_documents", "Documents in the library", registry=self.registry),
        }
        return made

    def requested(self, route: str, method: str, status: int) -> None:
        """Counts a request; `route` is the pattern of its path, never the path itself."""
        self._all["requests"].labels(route, method, str(status)).inc()

    def answered(self, status: str, seconds: float) -> None:
        """Counts an answer."""
        self._all["answers"].labels(status).inc()
        self._all["seconds"].observe(seconds)

    def failed(self, kind: str) -> None:
        """Counts a question that brought no answer."""
        self._all["errors"].labels(kind).inc()

    def text(self, documents: int) -> bytes:
        """Everything in Prometheus' text format."""
        from prometheus_client import generate_latest

        self._all["documents"].set(documents)
        return bytes(generate_latest(self.registry))
