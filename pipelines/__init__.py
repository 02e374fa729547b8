"""How the data moves: extract, gate, model, publish, watch, in that order, and keep beside them."""
