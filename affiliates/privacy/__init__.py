"""What is stored about one person, wherever it stands: found, handed out, taken away."""
