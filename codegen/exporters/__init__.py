"""Formats that are pure text, one file each."""
