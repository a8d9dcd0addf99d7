"""The parts of the log: its lines as a Qt model, and how a line is painted."""
