"""The parts of the list of problems: its rows, how they are painted, what can be done with them."""
