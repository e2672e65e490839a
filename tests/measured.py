"""Child processes of tests count for the coverage where it is measured (`make coverage`)."""

import os


def coverage() -> dict[str, str]:
    """The variables by which a child process is measured as well; nothing in ordinary runs."""
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
