"""Rasters: cells of night lights or land cover, averaged and summed by region and year."""
