"""Build the site, open it in a browser, and rebuild it whenever a source is saved."""

import argparse
import ipaddress
import socket
import subprocess
import sys
from pathlib import Path

import psutil
from livereload import Server

ROOT = Path(__file__).resolve().parents[1]
WATCHED = (
    "_config.yml",
    "_toc.yml",
    "book/**/*",
    "lessons/*",
    "lessons/data/*",
    "lessons/course/*",
    "lessons/flightdelay/**/*",
)


def rebuild() -> bool:
    """Render what changed; say whether it worked. The last good site stays if not."""
    command = [sys.executable, str(ROOT / "book/build.py"), "--incremental"]
    return subprocess.run(command, check=False).returncode == 0


def addresses(host: str, port: int) -> list[str]:
    """List what others in the network type to reach this server.

    Args:
        host: The address that the server listens at.
        port: Its port.

    Returns:
        Web addresses; none if the server can be reached from this machine only.
    """
    if host == "0.0.0.0":
        # Asked of the network cards: a room without internet may have no route out.
        hosts = [
            card.address
            for cards in psutil.net_if_addrs().values()
            for card in cards
            if card.family == socket.AF_INET
        ]
    else:
        hosts = [host]
    return [
        f"http://{one}:{port}"
        for one in hosts
        if one != "localhost" and not ipaddress.ip_address(one).is_loopback
    ]


def main() -> None:
    """Serve the site on this machine only, unless another host is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    try:
        socket.create_server((options.host, options.port)).close()
    except OSError as error:
        sys.exit(
            f"Port {options.port} cannot be used: {error.strerror}. Another server may "
            "be running: end it, or run .venv/bin/python book/serve.py --port "
            f"{options.port + 1}"
        )
    if not rebuild() and not (ROOT / "_build/html").exists():
        sys.exit("There is no site to show yet: mend the page above and try again.")
    reachable = addresses(options.host, options.port)
    if reachable:
        listed = " or ".join(reachable)
        print(f"Everybody in this network can read the site at {listed}", flush=True)
    server = Server()
    for pattern in WATCHED:
        server.watch(str(ROOT / pattern), rebuild)
    server.serve(
        root=str(ROOT / "_build/html"),
        host=options.host,
        port=options.port,
        # livereload would open the address that it listens at, such as 0.0.0.0.
        open_url_delay=None if reachable else 1,
    )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
