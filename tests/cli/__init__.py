"""The commands, as processes and in terminals."""
