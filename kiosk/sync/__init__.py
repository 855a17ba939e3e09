"""The outbox on its way to P-Care, and the inquiries back: the only room that knows the network and its secrets."""
