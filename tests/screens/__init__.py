"""Screens driven by keys, on a real store; what is asserted is what the person sees and what the store holds."""
