"""The commands that say how often answers are right: eval, eval init, eval sweep."""

from pathlib import Path
from typing import Annotated

import typer

from footnote.options import (
    BaseUrlOption,
    LibraryOption,
    LlmOption,
    LlmTimeoutOption,
    NliOption,
    ReaderOption,
    RerankerOption,
    UnsupportedOption,
    answer_options,
    opened,
)

QuestionsOption = Annotated[Path | None, typer.Option(help="A question set: JSONL, SQuAD JSON or CSV.")]
DocumentsOption = Annotated[Path | None, typer.Option(help="A folder of documents, or docs.jsonl.")]
AskedLibrary = Annotated[Path | None, typer.Option("--library", "-l", help="Ask this library instead of documents.")]
HtmlOption = Annotated[Path | None, typer.Option("--html", help="Write the report to this HTML file.")]
LimitOption = Annotated[int | None, typer.Option(min=1, help="Ask so many questions only, evenly from the whole set.")]


def eval_(
    context: typer.Context,
    documents: DocumentsOption = None,
    questions: QuestionsOption = None,
    library: AskedLibrary = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the whole run to this JSON file.")] = None,
    html_out: HtmlOption = None,
    baseline: Annotated[Path | None, typer.Option(help="An earlier run's JSON to compare with.")] = None,
    limit: LimitOption = None,
    llm: LlmOption = None,
    base_url: BaseUrlOption = None,
    unsupported: UnsupportedOption = "mark",
    llm_timeout: LlmTimeoutOption = 120.0,
    reader: ReaderOption = "default",
    reranker: RerankerOption = "none",
    nli: NliOption = "none",
    judge: Annotated[str | None, typer.Option(help="Have this language model judge the answers as well.")] = None,
) -> None:
    """Score a question set; with no arguments, our own set over the demo library."""
    if context.invoked_subcommand:
        return
    from eval.command import evaluate_and_report

    _check_set(documents, questions, library)
    raise typer.Exit(
        evaluate_and_report(
            documents,
            questions,
            library=library,
            json_out=json_out,
            html_out=html_out,
            baseline=baseline,
            limit=limit,
            options=answer_options(llm, base_url, unsupported, llm_timeout, reader, reranker, nli),
            judge=judge,
        )
    )


def init(
    library: LibraryOption = None,
    n: Annotated[int, typer.Option(min=1, help="How many questions to make.")] = 40,
) -> None:
    """Make a first question set from your own library, to be read and corrected."""
    from eval.command import make_set

    with opened(library) as shelf:
        raise typer.Exit(make_set(shelf, n))


def sweep(
    vary: Annotated[list[str], typer.Option(help="A setting and its values, such as k=3,5,8; may be repeated.")],
    documents: DocumentsOption = None,
    questions: QuestionsOption = None,
    library: AskedLibrary = None,
    html_out: HtmlOption = None,
    limit: LimitOption = None,
) -> None:
    """Run a set with several settings: a table, and a page with quality against latency."""
    from eval.command import sweep_and_report

    _check_set(documents, questions, library)
    raise typer.Exit(sweep_and_report(documents, questions, vary, library=library, html_out=html_out, limit=limit))


def _check_set(documents: Path | None, questions: Path | None, library: Path | None) -> None:
    if documents is not None and library is not None:
        raise typer.BadParameter("give --documents or --library, not both")
    if documents is not None and questions is None:
        raise typer.BadParameter("--documents needs the --questions to ask of them")
