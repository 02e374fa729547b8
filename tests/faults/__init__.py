"""What must survive: each test states its invariant and its count, and prints the seed that repeats it."""
