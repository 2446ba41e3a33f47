"""What is claimed about speed, each claim a command that measures it and prints its ratio last."""
