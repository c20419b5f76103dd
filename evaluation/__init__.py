"""Measures answers and rankings against labelled questions."""
