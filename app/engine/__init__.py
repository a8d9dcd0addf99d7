"""The only code that imports torch; started as a process of its own with python -m app.engine."""
