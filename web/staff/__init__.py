"""The page of the staff bench."""
