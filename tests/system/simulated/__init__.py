"""A clinic in virtual time: the real counter, store, sync process and client against a P-Care that does its worst.

Everything that happens follows from one seed: the order of events, the faults, the moments of crashes. Nothing waits
for a real clock, so that a day of trouble takes a second.
"""
