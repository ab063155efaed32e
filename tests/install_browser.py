"""Install Debian's Chromium for the browser tests if this machine has no Chromium."""

import shutil
import subprocess
import sys

from browser import NAMES, find_chromium


def main() -> int:
    """Install Chromium; return the exit status of the command."""
    if find_chromium():
        return 0
    advice = (
        "The browser tests need Chromium. Install it and run `make test` again, or set "
        f"CHROMIUM to its path. Looked for: {', '.join(NAMES)}."
    )
    if not shutil.which("apt-get"):
        print(advice, file=sys.stderr)
        return 1
    as_root = ["sudo"] if shutil.which("sudo") else []
    print("Installing Chromium …", flush=True)
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
    for command in (["apt-get", "update"], install):
        result = subprocess.run(
            [*as_root, *command], capture_output=True, text=True, check=False
        )
        if result.returncode:
            print(f"{result.stderr}\n{advice}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
