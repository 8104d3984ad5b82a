"""What drives a score, and does it spill over to neighbors: models, their tests and impacts."""
