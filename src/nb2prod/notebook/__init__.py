"""Reading notebooks: files, cells, origin, IPython syntax."""
