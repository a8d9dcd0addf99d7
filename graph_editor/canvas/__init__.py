"""The Qt view of a graph (its place is kept; the window comes later)."""
