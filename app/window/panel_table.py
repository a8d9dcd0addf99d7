"""Which panels there are, where each is written, and what it is called."""

from __future__ import annotations

from typing import NamedTuple


class PanelPlace(NamedTuple):
    """One panel: its module and class are imported when it is first needed."""

    id: str
    title: str
    module: str
    cls: str
    needs_desk: bool = False
    """Whether it is given the runs of the window too."""
    own_head: bool = False
    """Whether it has a first row of its own, so that its dock needs none."""


PANELS = (
    PanelPlace("palette", "Add", "app.panels.palette_panel", "PalettePanel", own_head=True),
    PanelPlace("inspector", "Inspector", "app.panels.inspector_panel", "InspectorPanel"),
    PanelPlace("docs", "Docs", "app.panels.docs_panel", "DocsPanel"),
    PanelPlace("outline", "Outline", "app.panels.outline_panel", "OutlinePanel"),
    PanelPlace(
        "code", "Code", "app.panels.code_panel", "CodePanel", needs_desk=True, own_head=True
    ),
    PanelPlace("run", "Run", "app.panels.run_panel", "RunPanel", needs_desk=True),
    PanelPlace("runs", "Runs", "app.panels.runs_panel", "RunsPanel", needs_desk=True),
    PanelPlace("plan", "Plan", "app.panels.plan_panel", "PlanPanel"),
    PanelPlace("summary", "Summary", "app.panels.summary_panel", "SummaryPanel"),
    PanelPlace("history", "History", "app.panels.history_panel", "HistoryPanel"),
    PanelPlace("log", "Log", "app.panels.log_panel", "LogPanel"),
    PanelPlace("problems", "Problems", "app.panels.problems_panel", "ProblemsPanel"),
)
"""In the order in which they are made once the window stands."""
BY_ID = {place.id: place for place in PANELS}
