"""How regions came through a shock: resistance, recovery and the years around it."""
