"""The environment a notebook needs: distributions, pins, Python and CUDA base."""
