"""Measure how soon what does harm to the judge is named, and the rest of its drawing judged.

A small sound drawing, and beside its chain a node whose construction sleeps for a minute, ends the
process, takes 8 GB, or three nodes that do one of these each. Asked of an engine that has judged
before (warm), and as the first question of all (fresh: PyTorch has to be loaded). Wall-clock
seconds from the question to the first verdict that names all of them, the early one with the
shapes included, and to the whole verdict; the worst of several engines, since one that has met a
harm does not do it again. Prints a JSON line for each; ``anchor`` is the whole verdict on the sound
drawing, asked of an engine in the same state. Idle machine.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.engine.client import Engine
from app.engine.protocol import Message
from benchmarks.window import print_line
from graph_editor.checking.verdict import Verdict
from graph_editor.checking.wire import verdict_from_json
from graph_editor.document.model import NodeId, Project
from tests.checking.drawings import FLAT, drawing
from tests.engine.planted import MODULE
from tests.engine.test_in_the_way import beside

ROUNDS = 3
NAMED, WHOLE = 3.0, 5.0
HARMS = {"sleep": "too-long", "exit": "ends-process", "8 GB": "too-much-memory"}
"""What is planted, and the code of the diagnostic that names it."""
HEAD = ("head", "nn.Linear", {"out_features": 10})


def is_named(verdict: Verdict, codes: list[str]) -> bool:
    """Whether every harmful node is named for the harm it does."""
    found = {(d.node, d.code) for d in verdict.diagnostics}
    return all((NodeId(f"bad{place}"), code) in found for place, code in enumerate(codes))


def asked(project: Project, is_warm: bool, codes: list[str]) -> tuple[float, float]:
    """Return the seconds of a new engine to the verdict with the names, and to the whole one."""
    seen: list[float] = []
    with Engine("judge", module=MODULE) as engine:
        if is_warm:
            engine.judge(drawing(FLAT, HEAD))
        begun = time.perf_counter()

        def early(message: Message) -> None:
            if is_named(verdict_from_json(message["verdict"]), codes):
                seen.append(time.perf_counter() - begun)

        answer = engine.send_judge(project, also=early).result(120)
        whole = time.perf_counter() - begun
    verdict = verdict_from_json(answer["verdict"])
    assert is_named(verdict, codes), verdict.diagnostics
    assert verdict.types["head.output"].shape == ("B", 10), "the rest is judged"
    return min([*seen, whole]), whole


def measured(harms: tuple[str, ...], is_warm: bool) -> tuple[list[float], list[float]]:
    """Return both times of every round."""
    project, codes = beside(*harms), [HARMS[harm] for harm in harms]
    named, whole = zip(*(asked(project, is_warm, codes) for _ in range(ROUNDS)), strict=True)
    return list(named), list(whole)


def main() -> None:
    """Measure and print."""
    for state, is_warm in (("warm", True), ("fresh", False)):
        _, anchor = measured((), is_warm)
        for harms in (*((harm,) for harm in HARMS), tuple(HARMS)):
            named, whole = measured(harms, is_warm)
            name = f"{', '.join(harms)}: {state} engine, worst of {ROUNDS}"
            print_line(f"named, {name}", named, anchor, "s", goal=NAMED, digits=2)
            print_line(f"whole verdict, {name}", whole, anchor, "s", goal=WHOLE, digits=2)


if __name__ == "__main__":
    main()
