"""Carries the parameters of an edited class into the block that it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from codegen.reading.views import View
from graph_editor.document import edits
from graph_editor.document.model import Parameter, Project, same


@dataclass(slots=True)
class Parameters:
    """What becomes of parameters; those that only the code has, because of inference, have none."""

    before: View
    after: View
    say: Callable[[str], None]

    def carry(self, key: str, old: str) -> tuple[Project, list[str]]:
        """Return the drawing with new, renamed and changed parameters, and those that went.

        Those are still there: what reads them has to go first.
        """
        project, mine, title = self.after.project(), self.before.keys[old], self.after.title(key)
        was = {p.name: p for p in self.before.read.project.block(old).parameters}
        now = {p.name: p for p in self.after.read.project.block(key).parameters}
        drawn = self.before.code_names(old)
        names = self._renamed(old, was, now)
        for name, fresh in names.items():
            project = edits.rename_parameter(project, mine, drawn[name], fresh)
            self.say(f"{name} of {title} is called {fresh}")
        self.before.called[old] = names
        back = {fresh: name for name, fresh in names.items()}
        for name, parameter in now.items():
            before = was.get(back.get(name, name))
            if before is None:
                project = edits.add_parameter(project, mine, parameter)
                self.say(f"{title} has a parameter {name}")
            elif name in drawn and not same(before, parameter):
                project = self._changed(project, mine, drawn[name], parameter)
                self.say(f"{name} of {title} begins as {parameter.default}")
        gone = [n for n in was if n not in now and n not in names and n in drawn]
        for name in gone:
            self.say(f"{title} has no parameter {name} any more")
        return project, [drawn[name] for name in gone]

    def _renamed(
        self, old: str, was: dict[str, Parameter], now: dict[str, Parameter]
    ) -> dict[str, str]:
        """Return the parameters that have another name, in their order."""
        drawn = self.before.code_names(old)
        gone = [name for name in was if name not in now]
        fresh = [name for name in now if name not in was]
        return {
            name: other
            for name, other in zip(gone, fresh, strict=False)
            if name in drawn
            and (was[name].type, was[name].default) == (now[other].type, now[other].default)
        }

    def _changed(self, project: Project, mine: str, drawn: str, parameter: Parameter) -> Project:
        own = next(p for p in project.block(mine).parameters if p.name == drawn)
        made = replace(own, default=parameter.default, type=parameter.type)
        return edits.change_parameter(project, mine, made)
