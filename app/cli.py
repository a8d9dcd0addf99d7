"""The headless commands, from check and export to train and trust, and the example's main job."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence

from app.engine.client import EngineError
from app.plain_text import plain
from app.terminal import check, demo, export, generate, info, read, runs, train, trust
from app.terminal.errors import CommandError
from graph_editor.document.files import FileProblem

CLEAN, PROBLEMS, WRONG_USE = 0, 1, 2
Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None, why: str = "") -> int:
    """Run one command; return 0 clean, 1 problems of error grade, 2 unreadable or wrong use.

    ``why`` is one sentence that says why there is no window, for the main job on the example.
    """
    _print_what_the_terminal_can()
    options = parser().parse_args(arguments)
    options.why = why
    command: Command = getattr(options, "command", demo.run)
    try:
        return command(options)
    except FileProblem as unreadable:
        for problem in unreadable.problems:
            told = [str(problem.path), problem.place, problem.reason]
            print(plain(": ".join(filter(None, told))), file=sys.stderr)
    except (CommandError, EngineError) as wrong:
        print(plain(f"netwright: {wrong}"), file=sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; there is nobody to tell
    except KeyboardInterrupt:
        print("netwright: interrupted", file=sys.stderr)
    except OSError as problem:
        print(plain(f"netwright: {problem}"), file=sys.stderr)
    return WRONG_USE


def _print_what_the_terminal_can() -> None:
    """Let signs that the terminal's encoding lacks become question marks, not errors."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(
        prog="netwright",
        description="Draw PyTorch networks, have PyTorch judge them, read their code, train them. "
        "Without a command, or with files alone, the window opens.",
    )
    commands = top.add_subparsers(metavar="COMMAND")
    for module in (check, generate, export, read, train, runs, trust, info):
        name = module.__name__.rpartition(".")[2]
        summary = (module.__doc__ or "").strip().rstrip(".")
        sub = commands.add_parser(name, help=summary, description=summary + ".")
        module.add_options(sub)
        sub.set_defaults(command=module.run)
    return top
