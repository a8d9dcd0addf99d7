"""Runs: their folders, launch, following, control and history."""
