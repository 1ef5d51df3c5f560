"""Where the files for SkyPilot lie in a project, and where the program finds its own there."""

from __future__ import annotations

TASK = "deploy/skypilot/task.yaml"
JOB = "deploy/skypilot/job.yaml"
PAPERSPACE = "deploy/skypilot/paperspace.yaml"

# On the machine, when it runs the image: copies of what lies beside the project, and the bucket.
# The image's own /data and /outputs are no place for either: SkyPilot copies local directories only
# to paths that are not there yet.
INPUTS = "/inputs"
RESULTS = "/results"

# On a machine without the image, below the home directory of whoever logs in.
RUN = "run"
