"""Where the files for Gradient lie in a project."""

from __future__ import annotations

WORKFLOW = "deploy/gradient/workflow.yaml"
JOB = "deploy/gradient/job.yaml"
DEPLOYMENT = "deploy/gradient/deployment.yaml"
