"""Records (firms, patents, customs lines) counted and summed into tables of regions and years."""
