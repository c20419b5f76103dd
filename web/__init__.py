"""Shows: the page, the API and the source of a citation, and guards them."""
