"""The calls of the catalogue, one module an area; each handler takes a Call and returns a Reply."""
