"""The rooms of the program again, each with what its users would say."""
