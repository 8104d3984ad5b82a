"""What hangs together: input-output linkages, shocks, risks, targets, priorities and warnings.

Names are loaded from their files when first used, so that importing the room costs nothing.
"""

from geo_resilience._doors import door

__getattr__, __dir__, __all__ = door(__name__)
