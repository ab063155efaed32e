"""The phases of the lifecycle and their colors, which every page takes from here."""

#: For drawings that are the same in light and dark mode, such as charts.
PHASE_COLORS = {
    "scoping": "#b25199",
    "data": "#0072b2",
    "modeling": "#c85200",
    "deployment": "#00875f",
}
