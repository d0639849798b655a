"""Reading JSON values that may be anybody's."""

from __future__ import annotations

import math

import pytest

from designer.network.reading import number, parsed, text, truth, whole


def test_what_fits_is_given_back():
    assert text("a") == "a"
    assert truth(False) is False
    assert whole(7) == 7
    assert number(7) == 7.0
    assert isinstance(number(7), float)
    assert parsed('{"a": [1, 2.5, null, "ü"]}'.encode()) == {"a": [1, 2.5, None, "ü"]}


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (text, 1),
        (text, None),
        (text, ["a"]),
        (truth, "false"),
        (truth, 0),
        (whole, 1.0),
        (whole, True),
        (whole, "1"),
        (whole, -1),
        (whole, 2**63),
        (whole, math.inf),
        (number, "1"),
        (number, True),
        (number, math.nan),
        (number, -math.inf),
        (number, 10**400),
        (number, None),
    ],
)
def test_what_does_not_fit_is_refused(read, value):
    with pytest.raises((TypeError, ValueError)):
        read(value)


def test_bounds_are_included():
    assert whole(3, least=3, most=3) == 3
    assert number(0, least=0) == 0.0
    with pytest.raises(ValueError, match="bounds"):
        number(-1e-9, least=0)


@pytest.mark.parametrize("data", [b"NaN", b"[1e999]", b'["\\ud800"]', b'{"\\ud800": 1}', b"\xff", b"", b"[1"])
def test_json_that_could_not_be_written_again_is_refused(data):
    with pytest.raises(ValueError, match=r".*"):
        parsed(data)


def test_a_number_of_too_many_digits_is_refused_and_a_text_of_them_is_not():
    longest, longer = b"12345678" * 50, b"12345678" * 800
    assert parsed(b"[" + longest + b"]") == [int(longest)]
    assert parsed(b'["' + longer + b'", 3]') == [longer.decode(), 3]
    for data in (longer, b"[-" + longer + b"]", b'{"a": [1, ' + longer + b"]}"):
        with pytest.raises(ValueError, match="out of range"):
            parsed(data)


def test_escapes_of_whole_characters_are_read():
    assert parsed(b'["\\ud83d\\ude00 \\u00e9"]') == ["\U0001f600 \u00e9"]
