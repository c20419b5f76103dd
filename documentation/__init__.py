"""Pages of the documentation that a command makes: tables of figures, and the picture of the architecture."""
