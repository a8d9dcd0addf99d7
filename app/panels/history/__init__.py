"""The parts of the history: its steps as a Qt model, and how a step is painted."""
