"""An answer that many ask for at once is made once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from serving.shared_answer import SharedAnswers


def test_who_asks_at_once_or_within_its_time_shares_one_answer():
    now = [100.0]
    answers: SharedAnswers[int] = SharedAnswers(4.0, clock=lambda: now[0])
    made: list[int] = []
    together = threading.Barrier(6)

    def make() -> int:
        time.sleep(0.05)
        made.append(len(made))
        return made[-1]

    def ask(_: int) -> int:
        together.wait()
        return answers.of("a", make)

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(ask, range(6))) == {0}
    now[0] += 3.9
    assert answers.of("a", make) == 0
    assert answers.of("b", make) == 1
    now[0] += 0.2
    assert answers.of("a", make) == 2


def test_an_answer_that_fails_is_asked_for_again():
    answers: SharedAnswers[int] = SharedAnswers(4.0)

    def fail() -> int:
        raise ValueError

    for _ in range(2):
        try:
            answers.of("a", fail)
        except ValueError:
            continue
        raise AssertionError
    assert answers.of("a", lambda: 7) == 7
