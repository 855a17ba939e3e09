"""A P-Care that lives on this machine: the same protocol from the other side."""
