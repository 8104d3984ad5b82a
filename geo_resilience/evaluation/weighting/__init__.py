"""How much each indicator counts: stated, judged in pairs, or found in the values."""
