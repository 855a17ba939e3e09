"""The wire to BPJS Kesehatan's P-Care and Antrean FKTP services: signing, codec, errors and the client."""
