"""What all engines have in common. One class `Peer` a file `peer_*.py`; whatever it raises while
it starts becomes the reason why it is not measured."""

import time
from contextlib import contextmanager


class Engine:
    name = ""
    version = ""
    graph = ""
    # `{task: {variant: how}}` of the tasks it answers; `how` is its own business.
    tasks = {}
    # Why it does not answer the others.
    reasons = {}
    # Kinds of points that it tells times to, by `times`.
    times_of = ()

    def __new__(cls, *_args, **_named):
        self = super().__new__(cls)
        self.ready = []
        self.sizes = {}
        return self

    @contextmanager
    def getting_ready(self, step):
        start = time.perf_counter()
        yield
        self.ready.append((step, time.perf_counter() - start))

    def run(self, task, how):
        """Seconds of each call: one an origin, or one in all where the task has no origin."""
        raise NotImplementedError

    def polygons(self):
        """`{variant: shapes[origin][minutes]}`; None where the engine failed to make one."""
        return {}

    def times(self, points):
        """Seconds to `points[origin]`, None for those not reached within 15 minutes."""
        raise NotImplementedError

    def close(self):
        pass


def timed(calls):
    """Seconds of each call, and what they answered."""
    seconds, answers = [], []
    for call in calls:
        start = time.perf_counter()
        answer = call()
        seconds.append(time.perf_counter() - start)
        answers.append(answer)
    return seconds, answers
