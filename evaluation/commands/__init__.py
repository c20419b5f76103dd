"""What each command does: each takes the parsed command line and the product's settings, and gives the exit code."""
