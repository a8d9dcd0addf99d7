"""The parts of the run panel and of the list of runs, but for the plots."""
