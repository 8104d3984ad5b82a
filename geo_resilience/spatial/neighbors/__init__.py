"""Who counts as whose neighbor: rules, files, and values brought together with them by identity."""
