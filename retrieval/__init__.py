"""Finds: monographs cut into passages, their index, and the ranking."""
