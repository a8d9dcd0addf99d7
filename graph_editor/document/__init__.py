"""The project's values and the only ways to change them. No Qt, no torch."""
