"""The command line: a thin front door to the four rooms. It parses, calls, prints, and maps errors to exit codes.

Exit codes: 0 done; 1 something asked for could not be done; 2 wrong use; 3 significantly worse than the baseline;
130 stopped by Ctrl-C.
"""

import os
import sys
from collections.abc import Sequence

import typer

from documents.errors import FootnoteError
from footnote import asking, evaluation, people, shelf
from footnote.printing import err, plain

__all__ = ["app", "main"]

INTERRUPTED = 130  # the exit code after Ctrl-C, as shells have it

app = typer.Typer(
    name="footnote",
    help="Ask your own documents; every sentence of every answer carries a footnote that was checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
users = typer.Typer(no_args_is_help=True, help="The people who may sign in with `chat --auth`.")
tokens = typer.Typer(no_args_is_help=True, help="The programs that may call the API with `chat --auth`.")
evaluations = typer.Typer(
    invoke_without_command=True,
    callback=evaluation.eval_,
    help="Score a question set; with no arguments, our own set.",
)
COMMANDS = {
    app: (
        shelf.add, shelf.watch, shelf.list_, shelf.remove, asking.ask, shelf.read, shelf.doctor, shelf.reencode,
        asking.models, asking.chat, asking.mcp,
    ),
    users: (people.user_add, people.user_password, people.user_change, people.user_list, people.user_remove),
    tokens: (people.token_add, people.token_list, people.token_remove),
    evaluations: (evaluation.init, evaluation.sweep),
}  # fmt: skip
for group, commands in COMMANDS.items():
    for command in commands:
        group.command(command.__name__.rstrip("_").rpartition("_")[2])(command)
app.add_typer(users, name="user")
app.add_typer(tokens, name="token")
app.add_typer(evaluations, name="eval")


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command and exits with its code."""
    # Before NumPy, torch or FAISS start their threads: one question is too small to be worth many, and waiting threads
    # that spin take the processor from those that work.
    for name, value in (
        ("OPENBLAS_NUM_THREADS", "1"),
        ("OMP_WAIT_POLICY", "PASSIVE"),
        ("TOKENIZERS_PARALLELISM", "false"),
    ):
        os.environ.setdefault(name, value)
    try:
        app(args=arguments)
    except FootnoteError as error:
        err.print(f"[red]error[/] {plain(str(error))}")
        sys.exit(1)
    except SystemExit as end:
        if end.code == INTERRUPTED:  # the command line's library has caught Ctrl-C, and said nothing
            err.print("stopped; what was done so far is kept")
        raise
