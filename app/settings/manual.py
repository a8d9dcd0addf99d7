"""Writes the manual's page of settings from their table."""

from __future__ import annotations

from app.settings.table import PAGES, TABLE, Setting

HEAD = """\
# Settings

File → Settings (Ctrl+,). Changes hold at once, for all projects; they are kept in `settings.json`
in the folder that [Files and safety](files.md) names. This page is written by

    python -m app.settings.manual > docs/manual/settings.md
"""


def manual() -> str:
    """Return the text of ``docs/manual/settings.md``."""
    parts = [HEAD]
    for page in PAGES:
        parts.append(f"## {page}\n")
        parts += [_entry(setting) for setting in TABLE if setting.page == page]
    return "\n".join(parts)


def _entry(setting: Setting) -> str:
    usual = setting.said(setting.default)
    facts = [f"Usual: {usual}{f' {setting.unit}' if setting.unit else ''}", *_range(setting)]
    return f"**{setting.title}** (`{setting.key}`). {setting.doc} {'. '.join(facts)}.\n"


def _range(setting: Setting) -> list[str]:
    if setting.kind == "choice":
        return ["Choices: " + ", ".join(title for _, title in setting.choices)]
    if setting.kind in ("whole", "number"):
        return [f"From {setting.least:,g} to {setting.greatest:,g}"]
    return [f"Form: {setting.form}"] if setting.form else []


if __name__ == "__main__":
    print(manual(), end="")  # the page is what this is started for
