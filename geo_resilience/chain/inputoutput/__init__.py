"""Input-output tables: reading, linkages, extraction, networks, disruptions, regional estimates."""
