"""A malformed question fails the build; a good one has a key and keeps its order."""

import re

from fixture_book import STILL_THERE

# A good question, and each way to spoil it: a text to replace, the line that is named,
# counted from the question's first, and what is said of it.
QUESTION = """\
:::{question} A good question
What is it?

- [ ] One

  Too few.
- [x] *Two*

  Just right.
- [ ] Three

  Too many.
:::
"""
SPOILED = {
    "no right option": ("[x]", "[ ]", 0, "no option is right"),
    "two right options": ("[ ] Three", "[x] Three", 9, "more than one option is right"),
    "no feedback": ("\n  Too many.\n", "", 9, 'the option "Three" has no feedback'),
    "twice the same": ("Three", "*two*", 9, 'the option "two" stands there twice'),
    "too few": (
        "- [ ] One\n\n  Too few.\n",
        "",
        0,
        "it has 2 options; 3 are the fewest",
    ),
    "no box": ("- [ ] One", "- One", 3, 'an option begins with "- [ ]" or "- [x]"'),
    "two lists": ("- [ ] One", "* [ ] One", 0, "its options stand in two lists"),
    "no question": ("What is it?\n", "", 0, "there is no question above the options"),
    "text at the end": (
        "\n:::\n",
        "\n\nMore.\n:::\n",
        0,
        "it does not end with a list of options",
    ),
}


def test_malformed_questions_are_red_with_file_and_line(book):
    page = "# The book\n"
    expected = []
    for name, (old, new, line, fault) in SPOILED.items():
        question = QUESTION.replace("A good question", name)
        assert old in question
        first = page.count("\n") + 2
        page += f"\n{question.replace(old, new)}"
        expected.append((first + line, f"question “{name}”: {fault}."))
    again = page.count("\n") + 2 + QUESTION.count("\n") + 1
    page += f"\n{QUESTION}\n{QUESTION}"
    expected.append(
        (again, "question “A good question”: the page has this title already.")
    )
    book.write("book/index.md", page)
    result = book.build()
    assert result.status == 1
    said = re.findall(
        r"^book/index\.md:(\d+): WARNING: (.*)$", result.text, re.MULTILINE
    )
    assert [(int(line), fault) for line, fault in said] == expected
    assert STILL_THERE in result.text


def test_question_has_a_key_and_an_order_that_stays(book):
    others = QUESTION.replace("A good question", "Another one").replace("One", "Won")
    book.write("book/index.md", f"# The book\n\n{QUESTION}\n{others}\n## Afterwards\n")
    orders = []
    for options in [(), ("--incremental",)]:
        assert book.build(*options).status == 0
        article = book.article("book/index")
        shown = [item.get_text(strip=True) for item in article.select(".options > li")]
        orders.append(shown)
        assert sorted(shown[:3]) == ["One", "Three", "Two"]
        reasons = article.select("#a-good-question-key > ol > li")
        key = {
            "One": "No. Too few.",
            "Two": "Right. Just right.",
            "Three": "No. Too many.",
        }
        assert [item.get_text(strip=True) for item in reasons] == [
            key[option].replace(". ", ".", 1) for option in shown[:3]
        ]
        assert article.select("section")[-1]["id"] == "key"
    assert orders[0] == orders[1]
    assert not article.select(".options .task-list-item-checkbox")
