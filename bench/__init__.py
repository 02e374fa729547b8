"""How fast: what a run costs in seconds, CPU and memory. `make bench`; figures are kept in docs/performance.md."""
