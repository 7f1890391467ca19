"""Questions with HTML inside as plain text on one line."""

import time

import pytest

from surveykit.reading.codebooks.markup import plain_text


@pytest.mark.parametrize(("text", "plain"), [
    ("<p>Do you <b>trust</b>&nbsp;the akim?</p>", "Do you trust the akim?"), ("one<br/>two<BR>three", "one two three"),
    ("a<style>b { color: red }</style>c", "ac"), ("a<script>never closed", "a"), ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
    ("&lt;b&gt; is shown", "<b> is shown"), ("<li>yes</li><li>no</li>", "yes no"), ("  Сенім \n деңгейі ", "Сенім деңгейі"), ("", ""),
])  # fmt: skip
def test_markup_goes_and_words_stay_apart(text, plain):
    assert plain_text(text) == plain


def test_many_open_tags_take_time_in_proportion():
    """Ten times the text takes some ten times as long, and not a hundred times."""
    taken = []
    for count in (2_000, 20_000):
        started = time.process_time()
        plain_text("<script " * count)
        taken.append(time.process_time() - started)
    assert taken[1] < 60 * max(taken[0], 0.005)
