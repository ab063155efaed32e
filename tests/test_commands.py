"""make says what is missing; the server shows what was saved, to whom it should."""

import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from functools import partial
from types import SimpleNamespace

import pytest
import serve
from fixture_book import ROOT, Book, wait_until


def free_port():
    """Find a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make(folder, *arguments, **environment):
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=Book(folder).environment(**environment),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


@pytest.fixture
def pretended_python(tmp_path):
    """A function that makes a Python which says that it has a certain version."""

    def pretend(version):
        numbers = tuple(map(int, version.split(".")))
        path = tmp_path / f"python{version}"
        path.write_text(
            f"#!{sys.executable}\n"
            "import sys\n"
            f"sys.version_info = {numbers}\n"
            "if sys.argv[1] == '--version':\n"
            f"    print('Python {version}')\n"
            "elif sys.argv[1] == '-c':\n"
            "    exec(sys.argv[2])\n"
            "else:\n"
            "    sys.exit('no module named venv')\n",
            encoding="utf-8",
        )
        path.chmod(0o755)
        return path

    return pretend


@pytest.fixture
def clone(tmp_path):
    folder = tmp_path / "clone"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "requirements.txt").touch()
    return folder


@pytest.mark.parametrize("version", ["3.9.18", "3.10.14", "3.14.0"])
def test_make_refuses_a_python_that_does_not_fit(clone, pretended_python, version):
    result = make(clone, f"PYTHON={pretended_python(version)}", "book")
    assert result.returncode != 0
    sentence = "This course needs Python 3.11 to 3.13; "
    assert sentence in result.stderr
    assert f"is Python {version}. Try: make PYTHON=" in result.stderr


@pytest.mark.parametrize("version", ["3.11.0", "3.13.9"])
def test_make_takes_a_python_that_fits_and_tells_what_it_lacks(
    clone, pretended_python, version
):
    result = make(clone, f"PYTHON={pretended_python(version)}", "book")
    assert "This course needs" not in result.stderr
    assert "Python has no venv module here." in result.stderr


def test_make_says_when_there_is_no_python(clone):
    result = make(clone, "PYTHON=nosuchpython", "book")
    assert result.returncode != 0
    assert "needs Python 3.11 to 3.13; nosuchpython is not here. Try" in result.stderr


def test_make_alone_lists_the_commands():
    result = make(ROOT)
    assert result.returncode == 0
    listed = [line.split()[1] for line in result.stdout.splitlines()]
    assert listed == sorted(listed, key=listed.index)
    assert {"book", "test", "serve", "bench", "lock", "clean"} <= set(listed)


def test_server_says_at_once_when_its_port_is_taken(clone):
    shutil.copytree(ROOT / "book", clone / "book")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        result = Book(clone).run(sys.executable, "book/serve.py", "--port", port)
    assert result.status == 1
    assert result.text.startswith(f"Port {port} cannot be used: ")
    assert not (clone / "_build").exists()


@pytest.mark.parametrize(
    ("arguments", "environment", "option"),
    [
        (("HOST=0.0.0.0",), {}, "--host 0.0.0.0"),
        ((), {"HOST": "my-laptop"}, ""),
        ((), {}, ""),
    ],
    ids=["on request", "a shell's own variable", "else"],
)
def test_make_serves_the_network_only_on_request(arguments, environment, option):
    result = make(ROOT, "--dry-run", "serve", *arguments, **environment)
    assert result.stdout.rstrip().endswith(f"book/serve.py {option}".rstrip())


@pytest.mark.parametrize(
    ("host", "reachable"),
    [
        ("127.0.0.1", []),
        ("localhost", []),
        ("192.168.4.2", ["http://192.168.4.2:80"]),
        ("0.0.0.0", ["http://192.168.4.2:80", "http://10.1.2.3:80"]),
    ],
)
def test_server_knows_the_addresses_of_this_machine(monkeypatch, host, reachable):
    card = partial(SimpleNamespace, family=socket.AF_INET)
    cards = {
        "lo": [card(address="127.0.0.1"), card(address="::1", family=socket.AF_INET6)],
        "cable": [card(address="192.168.4.2")],
        "radio": [card(address="10.1.2.3")],
    }
    monkeypatch.setattr(serve.psutil, "net_if_addrs", lambda: cards)
    assert serve.addresses(host, 80) == reachable


def test_server_tells_a_class_the_address_that_answers(book):
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "book/serve.py", "--host", "0.0.0.0", "--port", str(port)],
        cwd=book.root,
        env=book.environment(BROWSER="false"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    try:
        said = next(line for line in server.stdout if "in this network" in line)
        address = re.search(r"http://(?!127\.)[\d.]+:\d+", said)[0]

        def index():
            try:
                with urllib.request.urlopen(f"{address}/book/index.html") as answer:
                    return answer.read().decode("utf-8")
            except OSError:
                return ""

        wait_until(lambda: "a stable word" in index())
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_server_shows_what_was_saved_and_survives_a_broken_page(book):
    port = free_port()
    log = book.root / "server.log"

    def index():
        address = f"http://127.0.0.1:{port}/book/index.html"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.read().decode("utf-8")
        except OSError:
            return ""

    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "book/serve.py", "--port", str(port)],
            cwd=book.root,
            env=book.environment(BROWSER="true"),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: "a stable word" in index())
        # Nobody else in the network is served: only one address answers.
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.2", port), timeout=5).close()

        book.replace("book/index.md", "a stable word", "a saved word")
        wait_until(lambda: "a saved word" in index())

        book.replace("book/index.md", "a saved word", "a [lost](nowhere.md) word")
        wait_until(lambda: "The build failed." in log.read_text("utf-8"))
        assert "a saved word" in index()

        book.replace("book/index.md", "a [lost](nowhere.md) word", "a mended word")
        wait_until(lambda: "a mended word" in index())
    finally:
        server.terminate()
        server.wait(timeout=30)
