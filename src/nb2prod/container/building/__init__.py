"""From a project on disk to an image."""
