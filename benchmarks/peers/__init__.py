"""What the benchmarks measure this project beside, each as its own documentation shows it."""
