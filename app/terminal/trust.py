"""Show the custom code of a project, and let it run from now on if you say so."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.terminal.errors import CommandError
from app.terminal.judging import load
from app.trust import is_trusted, trust, withdraw
from graph_editor.document.hidden import lines_with_hidden, shown, where
from graph_editor.document.model import Project
from graph_editor.document.trust_key import used_code

LAPSES = "Trust holds for this very code, in any file, and lapses when it changes."


def add_options(sub: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    sub.add_argument("file", type=Path, metavar="FILE", help="a .netwright project")
    sub.add_argument("--yes", action="store_true", help="trust it without being asked")
    sub.add_argument("--withdraw", action="store_true", help="let it run no more")


def run(options: argparse.Namespace) -> int:
    """Show all code, ask, and keep the answer; return 1 where it is not trusted in the end."""
    project = load(options.file)
    if not project.code:
        print(f"{options.file} holds no custom code; there is nothing to trust.")
        return 0
    if options.withdraw:
        withdraw(project)
        print(f"The custom code of {options.file} runs no more until it is trusted again.")
        return 0
    show(project)
    if is_trusted(project) and used_code(project):
        print("You have trusted this code already.")
        return 0
    if not (options.yes or _agreed()):
        print("It is not trusted, so that it does not run.")
        return 1
    try:
        trust(project)
    except OSError as problem:
        raise CommandError(f"this cannot be kept: {problem}") from problem
    print(f"Trusted. {LAPSES}")
    return 0


def show(project: Project) -> None:
    """Print every piece with line numbers; signs that do not show are named."""
    for key, code in sorted(project.code.items()):
        print(f"--- {key}({', '.join(code.inputs)})")
        for number, line in enumerate(code.text.split("\n"), 1):
            print(f"{number:4}  {shown(line)}".rstrip())
        hidden = lines_with_hidden(code.text)
        if hidden:
            print(f"Look closely: {where(hidden)} signs that do not show by themselves.")
    print()


def refuse_untrusted(project: Project, file: Path) -> None:
    """Raise CommandError where code of a project would run that the user has not trusted."""
    if not is_trusted(project):
        names = ", ".join(used_code(project))
        raise CommandError(
            f"{file} holds custom code that you have not trusted ({names}), so that it does not "
            f"run; read and trust it: netwright trust {file}"
        )


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise CommandError("nobody can be asked here; say --yes to trust this code")
    print("This code will run on this computer with all your rights, as any program you start.")
    return input("Trust it? Type yes: ").strip().lower() in ("y", "yes")
