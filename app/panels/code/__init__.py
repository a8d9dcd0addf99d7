"""The parts of the code panel: its text view, colours, find bar and the map to the drawing."""
