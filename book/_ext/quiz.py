"""Questions that explain each answer, and the script that lets readers commit to one.

A question is written as a task list. The first paragraph of each item is an option, the
rest is its feedback; exactly one option is ticked::

    :::{question} Short title
    A situation to decide, in MyST.

    - [ ] An option

      Why somebody believes it, and what is wrong with it.
    - [x] Another option

      Why it is right.
    - [ ] A third option

      And so on.
    :::

The page shows the question with its options, in an order that says nothing, and at its
end a folded key with all feedback. That is all that a reader without JavaScript, a
printer and every builder other than HTML's need. On the site ``quiz.js`` makes a form
of each question; it does the same for the puzzles of the lessons.
"""

import hashlib
from functools import partial

from docutils import nodes
from pages import PARALLEL, on_each_page, write_static
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

LOGGER = logging.getLogger(__name__)
SCRIPT, STYLE = "quiz.js", "quiz.css"
FEWEST_OPTIONS = 3


class _Malformed(Exception):
    """A question cannot be shown; the message says why, ``line`` says where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class _Option:
    """One item of a question's task list."""

    def __init__(self, item: nodes.list_item) -> None:
        self.line = item.line
        first = item[0] if len(item) else None
        box = first[0] if isinstance(first, nodes.paragraph) and len(first) else None
        if not isinstance(box, nodes.raw) or "task-list-item" not in item["classes"]:
            raise _Malformed('an option begins with "- [ ]" or "- [x]"', item.line)
        first.remove(box)
        if len(first) and isinstance(first[0], nodes.Text):
            first[0] = nodes.Text(first[0].lstrip())
        self.text = first
        self.name = " ".join(first.astext().split())
        self.is_right = "checked=" in box.astext()
        self.feedback = item[1:]
        if not self.feedback:
            raise _Malformed(f'the option "{self.name}" has no feedback', item.line)


class Question(SphinxDirective):
    """``:::{question} Title``: a question with its options and their feedback."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the question; its feedback waits for the key at the end of the page.

        A malformed question becomes a warning with file and line, which fails the
        build.
        """
        title = self.arguments[0]
        document = self.state.document
        name = nodes.fully_normalize_name(title)
        try:
            if name in document.nameids:
                raise _Malformed("the page has this title already", self.lineno)
            text, options = self._read()
        except _Malformed as fault:
            location = (self.env.docname, fault.line)
            LOGGER.warning("question “%s”: %s.", title, fault, location=location)
            return []
        options = self._in_order(title, options)
        box = nodes.container(classes=["question"])
        box["names"].append(name)
        document.note_implicit_target(box, box)
        box += nodes.rubric("", "", *self.parse_inline(title)[0])
        box += text
        shown = nodes.enumerated_list(enumtype="loweralpha", classes=["options"])
        shown += [nodes.list_item("", option.text) for option in options]
        box += shown
        reasons = nodes.enumerated_list(enumtype="loweralpha")
        for option in options:
            kind, verdict = ("right", "Right.") if option.is_right else ("wrong", "No.")
            item = nodes.list_item("", *option.feedback, classes=[kind])
            if not isinstance(item[0], nodes.paragraph):
                item.insert(0, nodes.paragraph())
            item[0].insert(0, [nodes.strong("", verdict), nodes.Text(" ")])
            reasons += item
        box.reasons = reasons
        return [box]

    def _in_order(self, title: str, options: list[_Option]) -> list[_Option]:
        """Order the options so that no place says anything, the same in each build.

        The right one takes each place as often as the others on a page.
        """
        wrong = [option for option in options if not option.is_right]
        wrong.sort(key=lambda option: _digest(title + option.name))
        turn, index = divmod(self.env.new_serialno("question"), len(options))
        seed = f"{self.env.docname} {turn}"
        places = sorted(range(len(options)), key=lambda x: _digest(f"{seed} {x}"))
        (right,) = (option for option in options if option.is_right)
        wrong.insert(places[index], right)
        return wrong

    def _read(self) -> tuple[list[nodes.Node], list[_Option]]:
        children = self.parse_content_to_nodes()
        if not children or not isinstance(children[-1], nodes.bullet_list):
            raise _Malformed("it does not end with a list of options", self.lineno)
        *text, items = children
        if not text:
            raise _Malformed("there is no question above the options", self.lineno)
        if any("contains-task-list" in node.get("classes", []) for node in text):
            raise _Malformed("its options stand in two lists", self.lineno)
        options = [_Option(item) for item in items]
        if len(options) < FEWEST_OPTIONS:
            raise _Malformed(
                f"it has {len(options)} options; {FEWEST_OPTIONS} are the fewest",
                self.lineno,
            )
        names = set()
        for option in options:
            if option.name.casefold() in names:
                raise _Malformed(
                    f'the option "{option.name}" stands there twice', option.line
                )
            names.add(option.name.casefold())
        right = [option for option in options if option.is_right]
        if not right:
            raise _Malformed("no option is right", self.lineno)
        if len(right) > 1:
            raise _Malformed("more than one option is right", right[1].line)
        return text, options


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


class Key(SphinxTransform):
    """Put a folded key with all feedback at the end of a page with questions."""

    default_priority = 200

    def apply(self) -> None:
        """Collect the feedback of the page's questions."""
        boxes = [
            box
            for box in self.document.findall(nodes.container)
            if "question" in box["classes"]
        ]
        if not boxes:
            return
        key = nodes.section("", nodes.title("", "Key"), names=["key"])
        self.document.note_implicit_target(key, key)
        summary = "<summary>Show all answers with their reasons</summary>"
        key += nodes.raw("", f'<details class="quiz-key">{summary}', format="html")
        for number, box in enumerate(boxes, start=1):
            title = box[0].deepcopy()
            title.insert(0, nodes.Text(f"{number}. "))
            answer = nodes.container("", title, box.reasons)
            answer["ids"].append(f"{box['ids'][0]}-key")
            key += answer
        key += nodes.raw("", "</details>", format="html")
        last = self.document[-1]
        page = last if isinstance(last, nodes.section) else self.document
        page += key


def _load_script(app: Sphinx, pagename: str, context: dict) -> None:
    body = context["body"]
    if 'class="question ' in body or 'class="puzzle ' in body:
        # After keep.js, which has the priority 800 of all files named in the settings.
        app.add_js_file(SCRIPT, loading_method="defer", priority=900)
        app.add_css_file(STYLE)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.add_directive("question", Question)
    app.add_transform(Key)
    app.connect("builder-inited", partial(write_static, name=SCRIPT))
    on_each_page(app, _load_script)
    return PARALLEL
