"""Plain mathematics on arrays: it knows no region, and is private to the package."""
