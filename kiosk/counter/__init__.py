"""What people do at the counter: one function, one transaction, in the words of the procedure."""
