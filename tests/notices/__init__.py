"""An app of somebody else's with a snippet that goes through workflows. It knows nothing of us."""
