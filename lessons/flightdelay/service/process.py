"""Start the service as a process of its own, ask it, and stop it."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import httpx
import pandas as pd

_PACKAGES = Path(__file__).parents[2]


class RunningService:
    """A service in a process of its own, on a free port of this machine.

    It ends with `stop`, at the end of a `with` block, or together with the process
    that started it.

    Args:
        folder: Where the log of predictions (`predictions.sqlite`, kept if it is
            there) and of the process (`service.txt`) go.

    Raises:
        RuntimeError: The service did not start; the message is what it said.
    """

    def __init__(self, folder: Path | str) -> None:
        self.log_file = Path(folder) / "predictions.sqlite"
        said = Path(folder) / "service.txt"
        command = [sys.executable, "-m", "flightdelay.service", "--port", "0"]
        command += ["--log", str(self.log_file), "--stop-with-input"]
        with said.open("ab") as errors:
            self.process = subprocess.Popen(
                command,
                cwd=_PACKAGES,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
                text=True,
            )
        first_line = self.process.stdout.readline()
        if not first_line:
            self.stop()
            raise RuntimeError(said.read_text(encoding="utf-8"))
        self.url = first_line.rpartition(" ")[2].strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> int:
        """Let it finish what it has begun, end it, and return its exit code."""
        self.process.stdin.close()
        code = self.process.wait()
        self.process.stdout.close()
        return code

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self.process.kill()
        self.stop()


def load(
    url: str, departures: Sequence[Mapping[str, Any]], at_once: int
) -> pd.DataFrame:
    """Ask for departures one by one, with several requests under way at a time.

    Args:
        url: Address of the service.
        departures: Bodies of the requests.
        at_once: Number of clients; each sends its next request when it has an answer.

    Returns:
        One row for each request, in their order: `status`, `milliseconds` from sending
        to the whole answer, and `finished`, seconds since the first request was sent.
    """
    start = time.perf_counter()

    def ask(departure: Mapping[str, Any]) -> tuple[int, float, float]:
        sent = time.perf_counter()
        status = client.post("/predictions", json=departure).status_code
        received = time.perf_counter()
        return status, 1000 * (received - sent), received - start

    with (
        # Whatever proxy the environment names, the service is on this machine.
        httpx.Client(base_url=url, timeout=60, trust_env=False) as client,
        ThreadPoolExecutor(at_once) as pool,
    ):
        rows = list(pool.map(ask, departures))
    return pd.DataFrame(rows, columns=["status", "milliseconds", "finished"])
