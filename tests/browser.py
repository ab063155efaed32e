"""Where the tests find a Chromium, and how they start it."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return the path of a Chromium: $CHROMIUM, or the first one of NAMES on PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def launch_options() -> dict:
    """Options for Playwright's ``chromium.launch``; root needs ``--no-sandbox``."""
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {
        "executable_path": find_chromium(),
        "args": [*quiet, *(["--no-sandbox"] if is_root else [])],
    }
