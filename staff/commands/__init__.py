"""The commands of `python -m staff`."""
