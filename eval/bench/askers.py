"""How a server holds out: people asking at once over HTTP, against one asking alone.

`python -m eval.bench.askers ADDRESS` asks a running server (`footnote chat --rate 0`) questions drawn from its own
documents; each asker sends its next question when the last is answered. It needs nothing but the address.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice

import httpx

__all__ = ["Round", "main", "questions", "run"]


@dataclass(frozen=True, slots=True)
class Round:
    """So many askers at once: how long each answer took in seconds, and what went wrong."""

    askers: int
    seconds: tuple[float, ...]
    errors: tuple[str, ...]
    took: float

    def __str__(self) -> str:
        p50, p95 = (1000 * quantile(self.seconds, share) for share in (0.5, 0.95))
        rate = len(self.seconds) / self.took
        return (
            f"{self.askers:>3} at once: p50 {p50:.0f} ms, p95 {p95:.0f} ms, {rate:.1f} answers a second, "
            f"{len(self.errors)} errors of {len(self.seconds) + len(self.errors)}"
        )


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values lies at or below (the nearest rank)."""
    return sorted(values)[max(0, -(-int(share * 1000) * len(values) // 1000) - 1)] if values else float("nan")


def questions(address: str, headers: dict[str, str]) -> list[str]:
    """Questions about what the server's documents say: their titles and the openings of their texts."""
    listed = httpx.get(f"{address}/api/documents", headers=headers, timeout=60).raise_for_status().json()["documents"]
    made = []
    for document in listed[:50]:
        url = f"{address}/api/documents/{document['id']}?end=2000"
        words = httpx.get(url, headers=headers, timeout=60).raise_for_status().json()["text"].split()
        made += [f"What is said about {' '.join(words[at : at + 6])}?" for at in range(0, len(words) - 6, 40)]
    return made


def run(address: str, askers: int, each: int, asked: Sequence[str], headers: dict[str, str]) -> Round:
    """`askers` people ask `each` questions one after the other, all at once; nothing is asked twice in a row."""
    began = time.perf_counter()
    with ThreadPoolExecutor(askers) as pool:
        jobs = [
            pool.submit(_ask, address, list(islice(cycle(asked), n * each, (n + 1) * each)), headers)
            for n in range(askers)
        ]
        results = [result for job in jobs for result in job.result()]
    took = time.perf_counter() - began
    seconds = tuple(r for r in results if isinstance(r, float))
    return Round(askers, seconds, tuple(r for r in results if isinstance(r, str)), took)


def _ask(address: str, asked: Sequence[str], headers: dict[str, str]) -> list[float | str]:
    """The seconds of each answer, or what went wrong in its place."""
    results: list[float | str] = []
    with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
        for question in asked:
            began = time.perf_counter()
            try:
                client.post("/api/ask", json={"question": question}).raise_for_status()
            except httpx.HTTPError as error:
                results.append(f"{type(error).__name__}: {error}")
            else:
                results.append(time.perf_counter() - began)
    return results


def main(arguments: Sequence[str] | None = None) -> None:
    """Asks alone, then together, and prints both."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.askers", description=__doc__)
    parser.add_argument("address", help="where the server is, such as http://127.0.0.1:7860")
    parser.add_argument("--askers", type=int, default=16)
    parser.add_argument("--each", type=int, default=10, help="questions each asks")
    parser.add_argument("--token", default="", help="where the server has people sign in")
    given = parser.parse_args(arguments)
    headers = {"authorization": f"Bearer {given.token}"} if given.token else {}
    asked = questions(given.address, headers)
    run(given.address, 1, 5, asked, headers)  # loads what is loaded at first use
    rounds = [
        run(given.address, n, each, asked, headers) for n, each in ((1, 4 * given.each), (given.askers, given.each))
    ]
    sys.stdout.writelines(f"{each}\n" for each in rounds)
    sys.stdout.write(f"p95 together over p50 alone: {ratio(rounds):.1f}\n")
    for error in dict.fromkeys(error for each in rounds for error in each.errors):
        sys.stdout.write(f"error: {error}\n")


def ratio(rounds: Sequence[Round]) -> float:
    """How much longer the slow answers take among many than a usual one alone."""
    alone, together = statistics.median(rounds[0].seconds), quantile(rounds[-1].seconds, 0.95)
    return together / alone


if __name__ == "__main__":
    main()
