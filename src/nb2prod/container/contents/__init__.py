"""From an image to what is inside."""
