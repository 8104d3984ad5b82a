"""Specialization of regions, concentration of industries, inequality between regions."""
