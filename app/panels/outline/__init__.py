"""The parts of the outline: its items, the Qt model over them, and the list of inputs to wire."""
