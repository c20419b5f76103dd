"""Teaches: the encoder patients' words, and the decision when to answer."""
