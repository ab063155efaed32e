"""A figure with its interval, and how both are written."""

from typing import NamedTuple

from course.typesetting import typeset


class Interval(NamedTuple):
    """A figure with its interval.

    Attributes:
        estimate: The figure on the flights as they are.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    estimate: float
    low: float
    high: float

    def __format__(self, specification: str) -> str:
        """Return "estimate (low to high)", each as from `typeset`."""
        estimate, low, high = (typeset(value, specification) for value in self)
        return f"{estimate} ({low} to {high})"


def narrow(figure: Interval | float, form: str) -> str:
    """Return a figure for a cell of a Markdown table that stays narrow on a phone.

    The ends of an interval stand below the figure: "0.671<br>0.650&nbsp;to 0.691".
    """
    if not isinstance(figure, Interval):
        return typeset(figure, form)
    estimate, low, high = (typeset(value, form) for value in figure)
    return f"{estimate}<br>{low}&nbsp;to {high}"
