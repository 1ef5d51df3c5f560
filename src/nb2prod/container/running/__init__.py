"""From a project's image to a run of it."""
