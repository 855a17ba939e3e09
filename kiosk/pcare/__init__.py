"""The wire: a client of P-Care (BPJS Kesehatan); knows nothing of the rest of the program."""
