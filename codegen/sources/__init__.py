"""The text of each data source, one file each."""
