"""Pieces of screens: lines of safe text, fields, forms, lists, the bars at top and bottom, and the small dialogs."""
