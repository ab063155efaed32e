"""Numbers as a book prints them."""

import re


def typeset(value: float, form: str) -> str:
    """Return a number in the given format, as a book prints it.

    The minus is a true one. A number that is rounded to zero has no sign: "\u22120.00"
    would claim a direction that the digits do not show.
    """
    text = format(value, form)
    if re.fullmatch(r"[+-][0.]+%?", text):
        text = text[1:]
    return text.replace("-", "\u2212")
