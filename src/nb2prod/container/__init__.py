"""Containers: what a Docker Engine is asked for."""
