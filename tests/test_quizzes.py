"""Readers commit to an answer or a prediction, and see why; nothing gives it away."""

import re
from collections import Counter

import pytest
from conftest import (
    ALIKE,
    BLOCK_STORAGE,
    PHONE,
    SITE,
    faults_found_by_axe,
    parsed,
    show_everything,
)

QUIZZES = sorted(
    path.relative_to(SITE).as_posix() for path in SITE.glob("book/quizzes/*.html")
)
LESSONS = sorted(
    path.relative_to(SITE).as_posix() for path in SITE.glob("lessons/[1-8]-*.html")
)
QUIZ, LESSON = "book/quizzes/1-define-project.html", "lessons/1-define-project.html"
# What somebody knows who has not learned anything: is it better than a guess?
MOST_LONGEST, MOST_SHORTEST = 1 / 3, 1 / 2

any_quiz = pytest.mark.parametrize("quiz", QUIZZES)
DEEPER = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.glob("lessons/[1-8][a-z]-*.html")
    if "admonition puzzle" in path.read_text("utf-8")
)
any_lesson = pytest.mark.parametrize("lesson", LESSONS)
any_puzzle = pytest.mark.parametrize("lesson", [*LESSONS, *DEEPER])
# All pages load one script; a real browser tries it on all cores and a deeper page.
tried_puzzle = pytest.mark.parametrize("lesson", [*LESSONS, *DEEPER[:1]])


def text(tag):
    return " ".join(tag.get_text().split())


def questions(quiz):
    """Each question of a page: its number of options, the right one, their texts."""
    for box in parsed(quiz).select(".question"):
        options = box.select("ol.options > li")
        reasons = parsed(quiz).select(f"#{box['id']}-key > ol > li")
        (right,) = [i for i, item in enumerate(reasons) if item["class"] == ["right"]]
        yield [text(item) for item in options], [text(item) for item in reasons], right


def reasons_shown(question):
    """The reasons that a question shows now, with the place of each."""
    reasons = question.locator(".reason").all_text_contents()
    shown = [" ".join(reason.split()) for reason in reasons]
    return {place: reason for place, reason in enumerate(shown) if reason}


def tab_into(page, question):
    """Press the tab key until a radio button of this question has the focus."""
    radio = "e => e.contains(document.activeElement) && document.activeElement.type"
    for _ in range(60):
        page.keyboard.press("Tab")
        if question.evaluate(radio) == "radio":
            return
    raise AssertionError("the tab key does not lead to the question")


# What the pages say


@any_quiz
def test_quiz_has_its_questions(quiz):
    assert len(list(questions(quiz))) == (10 if quiz.endswith("/day.html") else 6)


@any_lesson
def test_lesson_leads_to_its_quiz(lesson):
    quiz = f"book/quizzes/{lesson.removeprefix('lessons/')}"
    assert quiz in QUIZZES
    links = parsed(lesson).select("#in-short a[href]")
    assert any(link["href"] == f"../{quiz}" for link in links)


@any_quiz
def test_neither_length_nor_place_gives_the_right_option_away(quiz):
    longest = shortest = 0
    places = []
    for options, reasons, right in questions(quiz):
        assert 3 <= len(options) == len(reasons) <= 4
        lengths = [len(option) for option in options]
        others = lengths[:right] + lengths[right + 1 :]
        longest += lengths[right] > max(others)
        shortest += lengths[right] < min(others)
        places.append(right)
    assert longest <= MOST_LONGEST * len(places)
    assert shortest <= MOST_SHORTEST * len(places)
    # As even as it can be with four places.
    assert max(Counter(places).values()) <= 1 + len(places) // 4


def test_script_is_loaded_only_where_there_is_something_to_answer(page):
    soup = parsed(page)
    asks = bool(soup.select(".question, .admonition.puzzle"))
    assert bool(soup.select("script[src*='quiz.js']")) == asks
    assert bool(soup.select("link[href*='quiz.css']")) == asks


# Questions in the browser


@any_quiz
def test_every_option_tells_its_reason_by_keyboard_alone(open_page, quiz):
    tab = open_page(quiz)
    boxes = tab.locator(".question")
    for box, (options, reasons, right) in zip(
        boxes.all(), questions(quiz), strict=True
    ):
        tab_into(tab, box)
        radios = box.get_by_role("radio")
        assert radios.count() == len(options)
        for place, reason in enumerate(reasons):
            assert reasons_shown(box) == dict(enumerate(reasons[:place]))
            assert radios.nth(place).evaluate("e => e === document.activeElement")
            tab.keyboard.press("Space")
            assert radios.nth(place).is_checked()
            shown = box.locator(".reason").nth(place)
            assert shown.is_visible()
            assert shown.get_attribute("aria-live") == "polite"
            verdict = "Right." if place == right else "No."
            assert reasons_shown(box)[place] == reason
            assert reason.startswith(verdict)
            tab.keyboard.press("ArrowDown")
    count = boxes.count()
    assert f"{count} of {count} answered" in tab.locator(".quiz-result").inner_text()


def test_arrow_keys_do_not_choose(open_page):
    tab = open_page(QUIZ)
    box = tab.locator(".question").first
    tab_into(tab, box)
    for key in ["ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp"]:
        tab.keyboard.press(key)
    last = box.get_by_role("radio").last
    assert last.evaluate("e => e === document.activeElement")
    assert reasons_shown(box) == {}
    assert tab.locator(":checked").count() == 0


def test_question_and_options_have_names(open_page):
    tab = open_page(QUIZ)
    box = parsed(QUIZ).select_one(".question")
    group = tab.get_by_role("group", name=text(box.select_one(".rubric")))
    for option in box.select("ol.options > li"):
        assert group.get_by_role("radio", name=text(option)).count() == 1


def test_first_try_counts_and_answers_stay_until_the_quiz_starts_again(open_page):
    tab = open_page(QUIZ)
    first, second = list(questions(QUIZ))[:2]
    boxes = tab.locator(".question")
    boxes.nth(0).locator("label").nth(first[2]).click()
    boxes.nth(1).locator("label").nth((second[2] + 1) % 4).click()
    boxes.nth(1).locator("label").nth(second[2]).click()
    for _ in range(2):
        result = tab.locator(".quiz-result").inner_text()
        assert result == "2 of 6 answered, 1 right at the first try."
        assert len(reasons_shown(boxes.nth(0))) == 1
        assert len(reasons_shown(boxes.nth(1))) == 2
        assert boxes.nth(1).get_by_role("radio").nth(second[2]).is_checked()
        tab.reload()
    tab.get_by_role("button", name="Start this quiz again").click()
    for _ in range(2):
        assert tab.locator(":checked").count() == 0
        assert tab.locator(".reason:not(:empty)").count() == 0
        assert tab.locator(".kept-progress").count() == 0
        tab.reload()


@any_quiz
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing_after_answers(open_page, quiz, mode):
    tab = open_page(quiz, color_scheme=mode, reduced_motion="reduce", viewport=PHONE)
    for label in tab.locator(".question label").all():
        label.click()
    show_everything(tab)
    assert not faults_found_by_axe(tab, left_out=ALIKE)
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@any_quiz
def test_key_can_be_read_without_javascript(open_page, quiz):
    tab = open_page(quiz, java_script_enabled=False)
    assert tab.locator(".bd-article input").count() == 0
    tab.locator(".quiz-key > summary").focus()
    tab.keyboard.press("Enter")
    shown = tab.locator(".options > li, .quiz-key > * > ol > li").filter(visible=True)
    texts = [" ".join(part.split()) for part in shown.all_text_contents()]
    for options, reasons, _ in questions(quiz):
        assert {*options, *reasons} <= set(texts)


@pytest.mark.parametrize("javascript", [True, False])
@any_quiz
def test_printed_quiz_has_its_key_at_the_end(open_page, quiz, javascript):
    no_printer = "window.print = () => {}"
    tab = open_page(quiz, script=no_printer, java_script_enabled=javascript)
    if javascript:
        tab.locator(".question label").first.click()
        # Unasked, the printer leaves out what is folded: test_take_away.py.
        tab.evaluate("printWithSolutions()")
    tab.emulate_media(media="print")
    readable = "e => e.checkVisibility() && e.getBoundingClientRect().height > 10"
    for item in tab.locator(".options > li, .quiz-key li").all():
        assert item.evaluate(readable)
    assert not tab.locator(".question .reason").filter(visible=True).count()


# Predictions


def predict(tab, box):
    """Commit to the second choice of a puzzle, or to a sentence; return it."""
    if box.get_by_role("radio").count():
        box.locator("label").nth(1).click()
        prediction = box.locator("label").nth(1).inner_text()
    else:
        prediction = "About <b>two</b> minutes."
        box.get_by_role("textbox").fill(prediction)
    box.get_by_role("button").focus()
    tab.keyboard.press("Enter")
    return prediction


def result_of(box):
    """The folded result after a puzzle."""
    return box.locator(
        "xpath=following-sibling::div[contains(@class, 'cell')][1]//details"
    )


@tried_puzzle
def test_prediction_opens_the_result_and_stands_beside_what_was_measured(
    open_page, lesson
):
    tab = open_page(lesson)
    boxes = tab.locator(".admonition.puzzle")
    assert boxes.count() >= 1
    rows = tab.locator("table.predictions tbody tr")
    predictions = []
    for number, box in enumerate(boxes.all()):
        assert result_of(box).get_attribute("open") is None
        assert "not yet" in rows.nth(number).inner_text()
        assert rows.nth(number).locator("td").last.inner_text() == ""
        predictions.append(predict(tab, box))
        assert result_of(box).get_attribute("open") is not None
        assert (
            result_of(box)
            .locator("summary")
            .evaluate("e => e === document.activeElement")
        )
    for _ in range(2):
        for box, row, prediction in zip(
            boxes.all(), rows.all(), predictions, strict=True
        ):
            note = result_of(box).locator(".predicted")
            assert note.inner_text() == f"You predicted: {prediction}"
            predicted, measured = row.locator("td").all()
            assert predicted.inner_text().strip() == prediction
            assert len(measured.inner_text()) > 5
            assert "Measured" not in measured.inner_text()
            assert not box.get_by_role("button").count()
        tab.reload()
    tab.get_by_role("button", name="Erase").click()
    assert "You predicted" not in tab.locator("article").inner_text().replace(
        "You predicted\tMeasured", ""
    )
    assert tab.locator(".prediction :disabled").count() == 0


@any_puzzle
def test_each_folded_result_says_once_what_was_measured(lesson):
    for box in parsed(lesson).select(".admonition.puzzle"):
        result = box.find_next_sibling("div", class_="cell").find("details")
        said = [p for p in result.find_all("p") if text(p).startswith("Measured:")]
        assert len(said) == 1, text(box)
        assert said[0].find(True).name == "strong"
        choices = [text(item) for item in box.find_all("li")]
        if choices:
            letter = re.match(r"Measured: ([a-z])\b", text(said[0]))
            assert letter, text(said[0])
            assert any(choice.startswith(f"{letter[1]}. ") for choice in choices)


def test_nothing_is_kept_of_an_empty_prediction(open_page):
    tab = open_page("lessons/2-data-and-baseline.html")
    typed = tab.get_by_role("textbox")
    box = tab.locator(".admonition.puzzle", has=typed).first
    box.get_by_role("textbox").fill("   ")
    box.get_by_role("button").click()
    assert result_of(box).get_attribute("open") is None
    assert tab.locator(".kept-progress").count() == 0


def test_puzzle_is_plain_text_without_javascript(open_page):
    tab = open_page(LESSON, java_script_enabled=False)
    box = tab.locator(".admonition.puzzle").first
    assert box.locator("input, textarea, button").count() == 0
    for item in parsed(LESSON).select(".admonition.puzzle li"):
        assert text(item) in box.inner_text()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing_after_predictions(open_page, mode):
    for lesson in LESSONS[:2]:
        tab = open_page(
            lesson, color_scheme=mode, reduced_motion="reduce", viewport=PHONE
        )
        for box in tab.locator(".admonition.puzzle").all():
            predict(tab, box)
        show_everything(tab)
        assert not faults_found_by_axe(tab, left_out=ALIKE)
        assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


# Progress, and a browser that keeps nothing


def test_contents_and_first_page_show_how_far_the_reader_is(open_page):
    tab = open_page(QUIZ)
    for box in tab.locator(".question").all()[:2]:
        box.locator("label").first.click()
    tab.goto(tab.url.replace(QUIZ, LESSON))
    predict(tab, tab.locator(".admonition.puzzle").first)
    tab.goto(tab.url.replace(LESSON, "book/index.html"))
    begun = tab.get_by_role("navigation", name="Your progress")
    assert begun.is_visible()
    assert [
        " ".join(line.split()) for line in begun.locator("li").all_inner_texts()
    ] == [
        "1. Define the project 1 of 1 done",
        "Quiz 1: define the project 2 of 6 done",
    ]
    assert tab.locator(".bd-links .kept-progress").count() == 2
    begun.get_by_role("link", name="Quiz 1").click()
    tab.wait_for_url(f"**/{QUIZ}")
    assert tab.locator(".bd-links .current > a .kept-progress").count() == 1
    tab.get_by_role("button", name="Erase").click()
    assert tab.locator(".kept-progress, .reason:not(:empty)").count() == 0
    tab.goto(tab.url.replace(QUIZ, "book/index.html"))
    assert begun.is_hidden()
    assert tab.evaluate("localStorage.length ? Object.keys(localStorage) : []") in (
        [],
        ["mode", "theme"],
        ["theme", "mode"],
    )


def test_all_works_for_the_visit_when_storage_is_blocked(open_page):
    tab = open_page(QUIZ, script=BLOCK_STORAGE)
    box = tab.locator(".question").first
    for label in box.locator("label").all():
        label.click()
    assert len(reasons_shown(box)) == 4
    assert "1 of 6 done" in tab.locator(".bd-links .current > a").last.inner_text()
    assert "blocks storage" in tab.locator(".keep-controls").inner_text()
    tab = open_page(LESSON, script=BLOCK_STORAGE)
    box = tab.locator(".admonition.puzzle").first
    prediction = predict(tab, box)
    assert prediction in result_of(box).inner_text()
    assert prediction in tab.locator("#in-short table").inner_text()
