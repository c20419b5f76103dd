"""The commands of `python -m evaluation`.

Each takes the parsed command line and the product's settings, and gives the exit code.
"""
