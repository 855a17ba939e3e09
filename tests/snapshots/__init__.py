"""Pictures of the screens as text, and the scenes that are pictured."""
