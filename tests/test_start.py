"""A lesson's first cells load nothing that a reader would wait for in vain."""

import subprocess
import sys

from conftest import ROOT

FIRST_CELLS = """
from course.charts import set_up

set_up()
import altair as alt
import numpy as np
import pandas as pd

from exercises import check
from flightdelay import charter, data, evaluation, features, labels, models

flights, weather = data.load_flights(), data.load_table("weather")
known = features.load("train")

import sys

print(*sys.modules)
"""


def test_what_takes_seconds_to_import_is_imported_where_it_is_used():
    command = [sys.executable, "-c", FIRST_CELLS]
    # What is kept may have to be made in the first run.
    for _ in range(2):
        said = subprocess.run(
            command, cwd=ROOT / "lessons", capture_output=True, text=True, check=True
        ).stdout
    loaded = set(said.split())
    assert {"altair", "pandas", "flightdelay.models"} <= loaded
    slow = {"keras", "lark", "pandera", "scipy", "sklearn", "tensorflow"}
    assert not loaded & slow
