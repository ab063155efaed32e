"""The phases of the lifecycle and their colors, which every page takes from here."""

#: On a white page, and in what is drawn alike for both, such as charts. Readers who are
#: blind to some colors can tell them apart (after Okabe and Ito, 2008).
PHASE_COLORS = {
    "scoping": "#b25199",
    "data": "#0072b2",
    "modeling": "#c85200",
    "deployment": "#00875f",
}
#: On a dark page.
DARK_PHASE_COLORS = {
    "scoping": "#e08cc8",
    "data": "#56b4e9",
    "modeling": "#ff9e5e",
    "deployment": "#3ecfa0",
}
