"""The panels around the canvas, one file or folder each; each is made from a session."""
