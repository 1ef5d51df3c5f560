"""The notebook as a portable Python program, with the fate of every line."""
