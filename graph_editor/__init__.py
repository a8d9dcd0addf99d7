"""The drawing: its values, what can be placed, verdicts and the canvas."""
