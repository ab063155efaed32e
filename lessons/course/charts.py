"""How charts look and are shown, in a notebook and on the site.

A chart reaches the reader as HTML that works by itself: its finding as a caption, a
drawing with a description, and the chart's specification, from which ``charts.js``
draws the chart that answers to the reader. No page asks another host for a script.
"""

import copy
import hashlib
import json
import os
import re
from html import escape
from importlib.resources import files

import altair
import vl_convert
from IPython.display import HTML, display

from course import store
from course.phases import PHASE_COLORS

# Gray that reads on a white and on a dark page.
QUIET_COLOR = "#808080"
SITE_BUILD = "COURSE_SITE_BUILD"

_STILL_WIDTH = 640
# The Vega-Lite that Altair writes for, named as vl-convert names it: "v6.4".
_VEGA_LITE = ".".join(altair.SCHEMA_VERSION.split(".")[:2])
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


def theme() -> altair.theme.ThemeConfig:
    """Return the book's Altair theme.

    Text and lines take the color of the text around the chart, so that a chart reads
    in light and dark mode. The categories' colors are those of the four phases, which
    color-blind readers can tell apart (after Okabe and Ito, 2008).
    """
    text = {"color": "currentColor", "font": _FONT}
    axis = {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "labelFont": _FONT,
        "titleFont": _FONT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "domainColor": "currentColor",
        "domainOpacity": 0.4,
        "tickColor": "currentColor",
        "tickOpacity": 0.4,
        "gridColor": "currentColor",
        "gridOpacity": 0.12,
    }
    legend = {key: value for key, value in axis.items() if key.startswith(("l", "ti"))}
    return {
        "width": "container",
        "height": 280,
        "background": "transparent",
        "config": {
            "aria": False,
            "view": {"stroke": None},
            "axis": axis,
            "legend": {
                **legend,
                "orient": "top",
                "labelLimit": 400,
                # In a row, or on a phone in a column, where a row would be cut off.
                "columns": {"expr": "width < 400 ? 1 : 0"},
            },
            "header": legend,
            "text": {**text, "fontSize": 12},
            "mark": {"color": PHASE_COLORS["data"], "aria": False},
            "line": {"strokeWidth": 2.5},
            "rule": {"color": "currentColor"},
            "range": {"category": [*PHASE_COLORS.values(), QUIET_COLOR]},
        },
    }


def chart_script() -> str:
    """Return the JavaScript that draws charts: Vega's own bundle and ``charts.js``.

    It takes seconds to make, so it is made once and kept.
    """
    return store.keep("chart-script", _make_script)


def _make_script() -> str:
    bundle = vl_convert.javascript_bundle(
        "window.vega = vega; window.vegaLite = vegaLite; window.vegaEmbed = vegaEmbed;",
        vl_version=_VEGA_LITE,
    )
    drawing = files(__package__).joinpath("charts.js").read_text("utf-8")
    # In a scope of its own: the bundle's short names would meet those of other scripts.
    return f"(() => {{\n{bundle}\n}})();\n{drawing}"


def _still(specification: dict, identifier: str) -> str:
    fixed = copy.deepcopy(specification)
    if fixed.get("width") == "container":
        fixed["width"] = _STILL_WIDTH
    svg = vl_convert.vegalite_to_svg(fixed, vl_version=_VEGA_LITE)
    # Several drawings share a page: each needs clip paths of its own.
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{identifier}-\1"', svg)
    svg = svg.replace("url(#", f"url(#{identifier}-")
    return svg.replace("<svg ", '<svg aria-hidden="true" ', 1)


def _title_lines(title: str | list[str] | dict | None) -> tuple[str, str]:
    if isinstance(title, dict):
        finding, detail = title.get("text", ""), title.get("subtitle", "")
    else:
        finding, detail = title or "", ""
    lines = (finding, detail)
    first, second = (" ".join(x) if isinstance(x, list) else x for x in lines)
    return first, second


def chart_html(specification: dict) -> str:
    """Turn a Vega-Lite specification into HTML that works by itself.

    Args:
        specification: The chart, with a ``title`` (its finding, and as subtitle what
            is shown) and a ``description`` (what the chart says, for readers who do
            not see it).

    Returns:
        A ``<figure>``. The same specification always gives the same text.

    Raises:
        ValueError: If the title or the description is missing.
    """
    live = copy.deepcopy(specification)
    finding, detail = _title_lines(live.pop("title", None))
    description = live.get("description", "")
    if not finding or not description:
        raise ValueError(
            "A chart needs a title that states its finding and a description for "
            "readers who cannot see it: .properties(title=…, description=…)."
        )
    # "</script>" inside the data would end the element that holds them.
    text = json.dumps(live, sort_keys=True).replace("</", "<\\/")
    identifier = "chart-" + hashlib.sha256(text.encode()).hexdigest()[:12]
    caption = f"<strong>{escape(finding)}</strong>"
    if detail:
        caption += f"<span>{escape(detail)}</span>"
    return (
        f'<figure class="chart" id="{identifier}">'
        f"<figcaption>{caption}</figcaption>"
        f'<div class="chart-still" role="img" aria-label="{escape(description)}">'
        f"{_still(live, identifier)}</div>"
        f'<script type="application/json">{text}</script>'
        "<script>window.watchCharts?.()</script></figure>"
    )


def _render(specification: dict, **_: object) -> dict[str, str]:
    return {
        "text/html": chart_html(specification),
        "text/plain": specification["description"],
    }


_NOTEBOOK_STYLE = """\
figure.chart { margin: 1rem 0; max-width: 46rem; }
figure.chart figcaption { text-align: left; font-size: 1rem; margin-bottom: 0.5rem; }
figure.chart figcaption span { display: block; font-size: 0.9em; }
figure.chart .chart-live { width: 100%; }
figure.chart svg { max-width: 100%; height: auto; }
"""


def set_up() -> None:
    """Make charts look like the book's; the first call of every lesson.

    In a notebook it also shows the script that draws charts, once, so that they draw
    without internet. The site loads that script itself.
    """
    altair.theme.register("course", enable=True)(theme)
    altair.renderers.register("course", _render)
    altair.renderers.enable("course")
    if SITE_BUILD not in os.environ:
        script = f"<script>{chart_script()}</script>"
        display(HTML(f"<style>{_NOTEBOOK_STYLE}</style>{script}"))
