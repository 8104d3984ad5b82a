"""Zones, belts, clusters and areas against the rest, and what chance makes of them."""
