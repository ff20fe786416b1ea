# SPDX-License-Identifier: Apache-2.0
"""One peer in a process of its own, so that each has the packages and threads it wants and none disturbs another. It holds the data and answers on
standard output, a line each, to lines on standard input, as earlysight-workload --serve does:

    python -m peers.serve MODULE FORM THREADS FOLDER
      versions        of what does the work, as JSON
      run             seconds of one run
      outcomes FILE   writes a byte a rule and child (0 silent, 1 fires, 2 cannot tell, 3 not applicable), then the low and high scores as doubles;
                      of a peer that says only yes or no, a byte that is 1 where the rule fires, and nothing else
"""
import importlib
import json
import platform
import sys
import time

from . import data, features, pack


def main():
    module, form, threads, folder = sys.argv[1:]
    # What a package prints is not an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    peer = importlib.import_module("peers." + module)
    given = features.read(folder) if hasattr(peer, "CHILD_AT_A_TIME") else data.Data(folder)
    worker = peer.Peer(given, pack.read(), form, int(threads))
    for line in sys.stdin:
        verb, *rest = line.split()
        answer = "unknown"
        if verb == "versions":
            answer = json.dumps({"Python": platform.python_version(), **worker.versions()})
        elif verb == "run":
            start = time.perf_counter()
            took = worker.run()  # a peer that measures itself says how long
            answer = f"{time.perf_counter() - start if took is None else took:.9f}"
        elif verb == "outcomes":
            with open(rest[0], "wb") as h:
                for part in worker.outcomes():
                    h.write(part.tobytes())
            answer = "written"
        print(answer, file=answers, flush=True)


if __name__ == "__main__":
    main()
