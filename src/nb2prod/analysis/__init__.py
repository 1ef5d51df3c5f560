"""Facts about a notebook: what it imports, installs, mounts, asks for and depends on."""
