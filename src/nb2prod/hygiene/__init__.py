"""Checking notebooks: one small module per rule, fixes that keep every other byte, reporters."""
