"""Run the service from the command line: `python -m flightdelay.service`."""

import argparse
import socket
import sqlite3
import sys
import threading
from pathlib import Path

import uvicorn

from flightdelay import data
from flightdelay.service.app import create_app
from flightdelay.service.prediction_log import PredictionLog
from flightdelay.service.scoring import Feeds, served_choice

#: How long a stop waits for requests under way. A client that never sends the rest of
#: its request would hold it up for ever.
GRACE_SECONDS = 5


def main() -> int:
    """Serve until Ctrl+C; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m flightdelay.service",
        description="Serve the chosen model over HTTP. Its feeds hold the open months, "
        "January to August 2013; the description of the service is at /docs.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument(
        "--port", type=int, default=8000, help="default: %(default)s; 0: any free one"
    )
    parser.add_argument(
        "--log",
        type=Path,
        default=Path("predictions.sqlite"),
        help="file of the prediction log, continued if it is there; "
        "default: %(default)s in the current folder",
    )
    parser.add_argument(
        "--stop-with-input",
        action="store_true",
        help="stop when standard input is closed, for a program that starts the "
        "service and must not leave it behind",
    )
    options = parser.parse_args()
    try:
        listener = _listen(options.host, options.port)
        log = PredictionLog(options.log)
        feeds = Feeds(data.load_table("weather"), data.load_flights())
        model = served_choice()
    except _CannotListen as error:
        return _say(str(error))
    except sqlite3.Error as error:
        return _say(
            f"The log {options.log} cannot be used ({error}); choose another "
            "with --log."
        )
    except data.DataError as error:
        return _say(str(error))
    with listener, log:
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(feeds, model, log),
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        if options.stop_with_input:
            threading.Thread(
                target=_stop_with_input, args=[server], daemon=True
            ).start()
        host, port = listener.getsockname()[:2]
        print(f"Model {model.version} answers at http://{host}:{port}", flush=True)
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            pass
    return 0


class _CannotListen(Exception):
    pass


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections from now on, before anything is loaded."""
    try:
        listener = socket.create_server((host, port))
    except (OSError, OverflowError) as error:
        raise _CannotListen(
            f"The service cannot listen on {host}, port {port} "
            f"({getattr(error, 'strerror', None) or error}); choose another port "
            "with --port, or 0 for any free one."
        ) from None
    return listener


def _stop_with_input(server: uvicorn.Server) -> None:
    sys.stdin.read()
    # Not a signal: one that comes before uvicorn listens to signals ends the process.
    server.should_exit = True


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
