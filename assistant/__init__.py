"""Decides: triage, search, and then an answer, related passages or none."""
