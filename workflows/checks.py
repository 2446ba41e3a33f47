"""System checks: each missing step of the installation has an id and a hint."""
