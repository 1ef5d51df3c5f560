"""What tells each of several machines which one it is and where the first is, in the words of the
libraries that train: every target that has several machines puts its own expressions in.
"""

from __future__ import annotations

from typing import Literal

from nb2prod.analysis.facts import Nodes

Word = Literal["address", "port", "machines", "rank", "zero"]
"""The first machine's address, the port there, how many machines there are, which one this is
(from 0 on), and 0.
"""

# PyTorch's own default.
PORT = 29500

_ALWAYS: dict[str, Word] = {
    "MASTER_ADDR": "address",
    "MASTER_PORT": "port",
    "NNODES": "machines",
    "NODE_RANK": "rank",
}
# One process for each machine.
_PROCESS: dict[str, Word] = {"WORLD_SIZE": "machines", "RANK": "rank", "LOCAL_RANK": "zero"}
_TORCHRUN: dict[str, Word] = {
    "PET_MASTER_ADDR": "address",
    "PET_MASTER_PORT": "port",
    "PET_NNODES": "machines",
    "PET_NODE_RANK": "rank",
}


def node_variables(nodes: Nodes) -> dict[str, Word]:
    """The variables in their order, each with what it is.

    PyTorch's `env://` reads MASTER_ADDR, MASTER_PORT, RANK, WORLD_SIZE and LOCAL_RANK, one process
    for each machine; `torchrun` takes PET_… for options that its command line lacks. Lightning
    starts its processes itself from MASTER_ADDR, MASTER_PORT and NODE_RANK; LOCAL_RANK would tell
    it that another has started them, and so would RANK and WORLD_SIZE its versions 1. NNODES is for
    a launch line that the user writes.
    """
    found = dict(_ALWAYS)
    if nodes.launcher != "lightning":
        found |= _PROCESS
    if nodes.launcher == "torch":
        found |= _TORCHRUN
    return found
