"""The files of a converted project, written to disk as a whole or not at all."""
