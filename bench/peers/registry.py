# SPDX-License-Identifier: Apache-2.0
"""The peers, and where each finds what it needs: a virtual environment a group in the build folder, as requirements/GROUP.txt pins it, and for Drools a
Maven project. What cannot be had is said and not passed over."""
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(BENCH)


@dataclass(frozen=True)
class Entry:
    title: str
    group: str
    module: str
    form: str = "-"
    threads: int = 1
    child_at_a_time: bool = False  # such peers say yes or no, the others give all three states
    states: str = "yes, no, cannot tell"


def child_at_a_time(title, group, module, form="-"):
    return Entry(title, group, module, form, 1, True, "yes or no")


PEERS = {
    "numpy": [Entry("NumPy, 1 thread", "tables", "numpy_peer")],
    "duckdb": [Entry("DuckDB, attendance wide, 2 threads", "tables", "duckdb_peer", "wide", 2),
               Entry("DuckDB, attendance long, 2 threads", "tables", "duckdb_peer", "long", 2)],
    "polars": [Entry("Polars, attendance wide, 2 threads", "frames", "polars_peer", "wide", 2)],
    "polars-long": [Entry("Polars, attendance long, 2 threads", "frames", "polars_peer", "long", 2)],
    "pandas": [Entry("pandas, 1 thread", "frames", "pandas_peer")],
    "openfisca": [Entry("OpenFisca, 1 thread", "openfisca", "openfisca_peer", "three")],
    "openfisca-yes-no": [Entry("OpenFisca, yes or no, 1 thread", "openfisca", "openfisca_peer", "fires", states="yes or no")],
    "zen": [child_at_a_time("GoRules ZEN", "children", "zen_peer")],
    "rego": [child_at_a_time("Rego (Regorus)", "children", "rego_peer")],
    "clips": [child_at_a_time("CLIPS", "children", "clips_peer"), child_at_a_time("CLIPS, matching alone", "children", "clips_peer", "matching")],
    "drools": [child_at_a_time("Drools", "drools", "")],
}


class Missing(Exception):
    """Why a peer cannot run here."""


def done(command, what, **how):
    try:
        subprocess.run(command, check=True, stdout=sys.stderr, **how)
    except subprocess.CalledProcessError as e:
        raise Missing(f"{what} (it ended with {e.returncode}; what it said stands above)") from e
    except OSError as e:
        raise Missing(f"{what} ({e.strerror})") from e


def python_of(group, build):
    """The Python of a group's environment, made where it is missing or its pins have changed."""
    folder = os.path.join(build, "peers", group)
    python, stamp = os.path.join(folder, "bin", "python"), os.path.join(folder, "installed.txt")
    pins = os.path.join(BENCH, "requirements", group + ".txt")
    with open(pins, encoding="utf-8") as h:
        wanted = h.read()
    if not os.path.exists(stamp) or open(stamp, encoding="utf-8").read() != wanted:
        done([sys.executable, "-m", "venv", "--clear", folder], "no virtual environment can be made (is python3-venv installed?)")
        done([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", pins],
             f"the packages of requirements/{group}.txt could not be installed")
        with open(stamp, "w", encoding="utf-8") as h:
            h.write(wanted)
    return python


def go_on_with(group, build):
    """Goes on with this script in the environment of a group, where it is not there already."""
    python = python_of(group, build)
    if os.path.realpath(sys.prefix) != os.path.realpath(os.path.dirname(os.path.dirname(python))):
        os.execv(python, [python, os.path.abspath(sys.argv[0]), *sys.argv[1:]])


def draw_with(draw, doc):
    """Runs a script that draws, with matplotlib: its two arguments are the figures and the picture."""
    if len(sys.argv) != 3:
        sys.exit(doc)
    go_on_with("plot", os.path.join(ROOT, "build", "bench"))
    with open(sys.argv[1], encoding="utf-8") as h:
        draw(json.load(h), sys.argv[2])


def drools(build):
    """The command that runs the Drools peer, built by Maven for Java 17."""
    if not (shutil.which("mvn") and shutil.which("javac")):
        done([os.path.join(ROOT, "tools", "install-dependencies"), "openjdk-17-jdk-headless", "maven"], "Java 17 and Maven could not be installed")
    target = os.path.join(build, "peers", "drools")
    pom = os.path.join(BENCH, "peers", "drools", "pom.xml")
    done(["mvn", "-q", "-B", "-Dstyle.color=never", "-f", pom, f"-Dtarget={target}", "process-classes"], "Maven could not build bench/peers/drools")
    return ["java", "-XX:+UseSerialGC", "-XX:ActiveProcessorCount=1", "-cp", f"{target}/classes:{target}/lib/*", "earlysight.bench.Peer"]


def surroundings(threads):
    """The environment of a peer held to this many threads."""
    out = dict(os.environ, PYTHONPATH=BENCH, PYTHONDONTWRITEBYTECODE="1", PYTHONNOUSERSITE="1")
    for library in ("OMP", "OPENBLAS", "MKL", "RAYON"):
        out[library + "_NUM_THREADS"] = str(threads)
    return {**out, "NUMEXPR_MAX_THREADS": str(threads), "POLARS_MAX_THREADS": str(threads)}


def write_features(build, folder):
    """The features of the children in this folder, worked out with pandas."""
    done([python_of("frames", build), "-m", "peers.pandas_peer", folder], "the features could not be worked out", env=surroundings(1), cwd=BENCH)


def start(entry, build, folder, pack):
    """A process that holds the data of this folder and answers as serve.py does."""
    if entry.group == "drools":
        from . import drools_rules
        rules = os.path.join(folder, "rules.drl")
        with open(rules, "w", encoding="utf-8") as h:
            h.write(drools_rules.text(pack))
        command = [*drools(build), folder, rules]
    else:
        command = [python_of(entry.group, build), "-m", "peers.serve", entry.module, entry.form, str(entry.threads), folder]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=surroundings(entry.threads), cwd=BENCH)
