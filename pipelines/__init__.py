"""How the data moves: extract, gate, model, publish, watch."""
