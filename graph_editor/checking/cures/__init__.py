"""Cures beside those that a rule proposes itself: one file for each kind, found by being there."""
