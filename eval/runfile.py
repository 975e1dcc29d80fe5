"""A run as a value, and its JSON file, which a later run can be compared with."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from documents.errors import DatasetError
from eval.summary import Metric, Result, failures, funnel, kinds

__all__ = ["Run", "read_run", "run_json"]


@dataclass(frozen=True, slots=True)
class Run:
    """What was asked and how, the figures, and every question's result.

    `settings` holds plain values only: the options, the seed, the questions' SHA-256, the library's size and encoder,
    and what went wrong before asking (`unread` files, `unknown_documents` that questions name).
    """

    settings: Mapping[str, Any]
    metrics: Mapping[str, Metric]
    questions: tuple[Result, ...]


def run_json(run: Run) -> dict[str, Any]:
    """The run as plain dicts, lists, strings and numbers: {"settings", "metrics", …, "questions"}.

    Each of the questions is the answer's contract with "id" and how it was judged.
    """
    return {
        "settings": dict(run.settings),
        "metrics": {name: asdict(metric) for name, metric in run.metrics.items()},
        "kinds": {name: asdict(metric) for name, metric in kinds(run.questions, _seed(run)).items()},
        "funnel": funnel(run.questions),
        "failures": failures(run.questions),
        "questions": [_result_json(result) for result in run.questions],
    }


def _seed(run: Run) -> int:
    return int(run.settings.get("seed", 0))


_JUDGED = ("right", "would_be_right", "reached", "failure", "milliseconds")
_EXPECTED = ("answerable", "answers", "doc_ids", "evidence", "kind")


def _result_json(result: Result) -> dict[str, Any]:
    return {
        "id": result.id,
        **result.answer,
        "expected": {name: getattr(result, name) for name in _EXPECTED},
        "scores": dict(result.scores),
        **{name: getattr(result, name) for name in _JUDGED},
    }


def read_run(path: Path) -> Run:
    """A run that was written as JSON; raises DatasetError where it isn't one."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        results = tuple(_read_result(row) for row in data["questions"])
        metrics = {name: Metric(**metric) for name, metric in data["metrics"].items()}
        return Run(data["settings"], metrics, results)
    except OSError as error:
        raise DatasetError(f"{str(path)!r} can't be read: {error.strerror}. Check the path.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"{str(path)!r} isn't a run ({error!r}): expected what `footnote eval --json` writes."
        ) from error


def _read_result(row: dict[str, Any]) -> Result:
    kept = {"id", "expected", "scores", *_JUDGED}
    expected: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row["expected"].items()}
    judged: dict[str, Any] = {name: row[name] for name in _JUDGED}
    return Result(
        id=row["id"],
        question=row["question"],
        answer={key: value for key, value in row.items() if key not in kept},
        scores=row["scores"],
        **expected,
        **judged,
    )
