"""Names of the chain's methods, each once: light, so that study file and command line can ask."""

from __future__ import annotations

#: Location quotients that scale national coefficients down: simple, cross-industry, Flegg's.
QUOTIENTS = ("slq", "cilq", "flq")

#: What a disruption falls on: a shock to final demand spreads to suppliers, one to primary inputs
#: to buyers.
SIDES = ("demand", "supply")

#: How recovery goes on: in steps (a difference equation), or at every moment (a differential one).
FORMS = ("discrete", "continuous")

#: Rules of the levels of risks, and where Medium and High begin by each. Those of the product are
#: this package's own.
RISK_CUTS = {"impact": (0.6, 0.8), "product": (0.2, 0.4)}
