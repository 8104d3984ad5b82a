"""Spatial autocorrelation: of a whole map and around each region."""
