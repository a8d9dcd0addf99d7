"""From a graph to Python text. No Qt, no torch."""
