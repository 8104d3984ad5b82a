"""How sure: what the index would say under other choices."""
