"""What runs in a container of the image that is looked into: programs of one file each."""
