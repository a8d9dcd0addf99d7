"""The gestures of the canvas: one class and one file for each way to act on it by hand."""
