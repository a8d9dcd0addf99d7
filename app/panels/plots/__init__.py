"""The plots of runs: the one place with pyqtgraph and numpy, imported late and in a thread."""
