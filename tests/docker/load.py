"""Users who read with hardly a pause, and what they saw: `new` answers come from the workers, `kept` ones from nginx's cache."""

import dataclasses
import http.client
import random
import threading
import time

from cluster import until
from deployment import RECOVERY_SECONDS

MODEL = "tiny-gelu-2l"
TIMEOUT_SECONDS = 30
PAUSE_SECONDS = 0.005  # so that they leave the processors to what they look at
RETRY_SECONDS = 0.02  # as a user who presses reload at once, not as a flood
IN_A_ROW = 100  # good answers that show that all is well
KEPT = [f"/api/{MODEL}/neuroscope/0/{neuron}?texts=2" for neuron in range(16)]


def new_path(dice):
    """An address that nobody asked for before, almost surely."""
    layer, neuron = dice.randrange(2), dice.randrange(512)
    before, after = dice.randrange(60), dice.randrange(60)
    return f"/api/{MODEL}/neuroscope/{layer}/{neuron}?texts={dice.randint(1, 8)}&window={before},{after}"


@dataclasses.dataclass
class Answer:
    started: float
    ended: float
    problem: str  # empty where it was a whole 200


@dataclasses.dataclass
class Seen:
    """What users of one kind saw: numbers, and seconds."""

    num: int
    problems: dict
    longest_gap: float  # between two good answers to anybody
    slowest: float

    @property
    def num_failed(self):
        return sum(self.problems.values())


class Load:
    """`num_new` and `num_kept` users from `start` or `with` to `stop`."""

    def __init__(self, port, num_new=4, num_kept=2):
        self.port = port
        self.answers = {"new": [], "kept": []}
        self.ended = threading.Event()
        kinds = ["new"] * num_new + ["kept"] * num_kept
        self.users = [threading.Thread(target=self._read, args=(kind, number)) for number, kind in enumerate(kinds)]

    def _read(self, kind, number):
        dice = random.Random()
        connection = None
        while not self.ended.is_set():
            path = new_path(dice) if kind == "new" else dice.choice(KEPT)
            started = time.monotonic()
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                problem = "" if answer.status == 200 else str(answer.status)
            except (OSError, http.client.HTTPException) as error:
                problem = type(error).__name__
                connection.close()
                connection = None
            self.answers[kind].append(Answer(started, time.monotonic(), problem))
            self.ended.wait(RETRY_SECONDS if problem else PAUSE_SECONDS)

    def __enter__(self):
        self.started = time.monotonic()
        for user in self.users:
            user.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for user in self.users:
            user.join()
        self.stopped = time.monotonic()

    def go_on(self, seconds):
        """Lets the users read for so long."""
        self.ended.wait(seconds)

    def until_good(self):
        """Waits until users get what they ask for, of either kind."""
        since = time.monotonic()
        for kind in ("new", "kept"):
            until(lambda kind=kind: self._is_good(kind, since), f"good {kind} answers", RECOVERY_SECONDS)

    def _is_good(self, kind, since):
        last = self.answers[kind][-IN_A_ROW:]
        return len(last) == IN_A_ROW and all(answer.started > since and not answer.problem for answer in last)

    def seconds_of_failures(self):
        """From the first failure to the end of the last one."""
        failed = [answer for answers in self.answers.values() for answer in answers if answer.problem]
        return max(answer.ended for answer in failed) - min(answer.started for answer in failed)

    def failed(self, *kinds):
        """Problems that users of these kinds had, or all users."""
        return {answer.problem for kind in kinds or self.answers for answer in self.answers[kind] if answer.problem}

    def seen(self, kind):
        answers = self.answers[kind]
        problems = {}
        for answer in answers:
            if answer.problem:
                problems[answer.problem] = problems.get(answer.problem, 0) + 1
        good = sorted(answer.ended for answer in answers if not answer.problem)
        moments = [self.started, *good, self.stopped]
        gap = max(later - earlier for earlier, later in zip(moments, moments[1:]))
        return Seen(len(answers), problems, gap, max(answer.ended - answer.started for answer in answers))
