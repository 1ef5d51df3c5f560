"""What `Dockerfile.private` asks for: the indexes and repositories that need a secret to build."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nb2prod.migration import Migration
from nb2prod.project.quoting import Quoted, shell

_SSH_HOST = re.compile(r"git\+ssh://git@([\w.-]+)/")


@dataclass(frozen=True, slots=True)
class PrivateBuild:
    """What the build is given: the address of an `index`, and passwords for repositories of `git`.

    `ssh_hosts` are those that the notebook reaches over SSH, and the build over HTTPS.
    """

    index: bool
    git: bool
    ssh_hosts: tuple[str, ...]
    image: str

    @property
    def command(self) -> Quoted:
        """The line that builds the image in the project's directory."""
        words = ["DOCKER_BUILDKIT=1 docker build --file Dockerfile.private"]
        if self.index:
            words.append("--secret id=index,env=UV_INDEX")
        if self.git:
            words.append('--secret "id=git-credentials,src=$GIT_CREDENTIALS_FILE"')
        return Quoted(" ".join([*words, f"--tag {shell(self.image)} ."]))


def private_build(migration: Migration) -> PrivateBuild | None:
    """What a private build of the project needs; None where nothing of it is private."""
    sources = [source for install in migration.facts.installs for source in install.sources]
    index = any(source.kind == "index" for source in sources)
    # Only repositories at a commit are installed.
    installed = set(migration.environment.vcs)
    asked = [one.address for one in sources if one.kind == "git" and one.address in installed]
    if not (index or asked):
        return None
    hosts = dict.fromkeys(found[1] for one in asked if (found := _SSH_HOST.match(one)))
    return PrivateBuild(index, bool(asked), tuple(hosts), migration.build_tag)
