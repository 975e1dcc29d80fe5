"""Two runs of the same questions, paired: what changed, by how much, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.resample import PairedTest, paired_test
from eval.runfile import Run
from eval.summary import Result

__all__ = ["COMPARED", "Comparison", "compare"]

COMPARED = ("accuracy", "containment", "token_f1", "citation_precision", "citation_recall", "document_success@5")
"""The figures that are paired: those that are a mean over questions and that a user would act on."""
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a run changed against a baseline, on the questions both have (by id and wording).

    `tests` are over the questions for which the figure is defined in both; `only_new` and `only_old` are the ids
    that couldn't be paired.
    """

    tests: dict[str, PairedTest]
    to_right: tuple[str, ...]
    to_wrong: tuple[str, ...]
    only_new: tuple[str, ...]
    only_old: tuple[str, ...]

    @property
    def worse(self) -> bool:
        """Whether accuracy fell, significantly by both tests at 5 %."""
        test = self.tests.get("accuracy")
        return test is not None and test.difference < 0 and max(test.p_bootstrap, test.p_randomisation) < LEVEL

    @property
    def exit_code(self) -> int:
        """3 where the run is significantly worse, else 0: for use in a build."""
        return 3 if self.worse else 0


def compare(run: Run, baseline: Run, *, seed: int = 0) -> Comparison:
    """Pairs `run` with `baseline`, question by question."""
    new, old = ({(r.id, r.question): r for r in side.questions} for side in (run, baseline))
    pairs = [(old[key], result) for key, result in new.items() if key in old]
    tests = {name: test for name in COMPARED if (test := _test(name, pairs, seed)) is not None}
    return Comparison(
        tests=tests,
        to_right=tuple(after.id for before, after in pairs if after.right and not before.right),
        to_wrong=tuple(after.id for before, after in pairs if before.right and not after.right),
        only_new=tuple(r.id for key, r in new.items() if key not in old),
        only_old=tuple(r.id for key, r in old.items() if key not in new),
    )


def _test(name: str, pairs: Sequence[tuple[Result, Result]], seed: int) -> PairedTest | None:
    rows = [(_value(before, name), _value(after, name), after.cluster) for before, after in pairs]
    both = [(before, after, cluster) for before, after, cluster in rows if before is not None and after is not None]
    old, new, clusters = zip(*both, strict=True) if both else ((), (), ())
    return paired_test(old, new, clusters=clusters, seed=seed)


def _value(result: Result, name: str) -> float | None:
    return float(result.right) if name == "accuracy" else result.scores.get(name)
