"""Values and rules of the counter: no input, no output, nothing of the other rooms."""
