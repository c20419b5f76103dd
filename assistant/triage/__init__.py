"""Tells an emergency, a crisis, and what is to be reported today."""
