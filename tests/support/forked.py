"""Processes that begin with everything read already: what is killed by the dozen should not take seconds to start."""

import multiprocessing

FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(["tests.support.dying_worker", "tests.support.warm_server"])
