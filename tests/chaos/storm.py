"""The storm: tenants live their stories while faults are committed, then what they came to is compared."""

import threading
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from random import Random

from sqlalchemy import func, select
from sqlmodel import col

from api.cli.accounts import Accounts
from api.commands.tokens import find_token
from models.database import reading
from models.storage import ObjectStore, make_object_store
from models.tables import Report
from models.vocabulary import Role
from tests.chaos.faults import Fault, commit, list_faults, wake_all
from tests.chaos.logs import count_bugs
from tests.chaos.outcome import Outcome, broken_promises, count_left_objects, differences, take_outcome
from tests.chaos.setups import START_SECONDS, Setup
from tests.chaos.tenants import Story, Tenant
from tests.chaos.watching import Watcher, describe_imports, list_batch_tries
from tests.e2e.client import ApiClient

# What is committed in a round at most, so that its imports come to an end.
FAULTS_A_ROUND = 25
SECONDS_BETWEEN = (0.3, 1.5)
# After one fault in so many nothing more is done until all is well, to see how long that takes.
MEASURED_EVERY = 6
MOST_RECOVERY_SECONDS = 60.0
QUIET_SECONDS = 240.0


@dataclass
class Findings:
    """What a storm did and what came of it."""

    faults: Counter[str] = field(default_factory=Counter)
    recoveries: dict[str, list[float]] = field(default_factory=dict)
    imports: int = 0
    stories: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    tries: list[int] = field(default_factory=list)
    left_objects: int = 0
    # What broke inside that is neither an error of ours nor tried again as one.
    bugs: Counter[str] = field(default_factory=Counter)


class Storm:
    """One set-up and everything that is done to it; repeatable, but for when things happen, by its seed."""

    def __init__(self, setup: Setup, rows: int, random: Random, kinds: Iterable[str] = ()) -> None:
        self._setup = setup
        self._rows = rows
        self._random = random
        faults = list_faults(setup)
        chosen = set(kinds) or set(faults)
        self._faults: dict[str, Fault] = {name: fault for name, fault in faults.items() if name in chosen}
        self._storage: ObjectStore = make_object_store(setup.settings.resolved_storage_url())
        self._expected: dict[Story, Outcome] = {}
        self._rounds = 0
        self._began = time.monotonic()
        self._log = setup.disk.folder / "logs" / "storm.txt"
        self.findings = Findings()

    def say(self, text: str) -> None:
        """Write down what happens, with the second of the storm."""
        with open(self._log, "a") as file:
            file.write(f"{time.monotonic() - self._began:7.1f} {text}\n")

    def expect(self, stories: Iterable[Story]) -> None:
        """Let the stories happen undisturbed, to know what they come to."""
        for story in dict.fromkeys(story.undisturbed() for story in stories):
            tenant = self._make_tenant(f"undisturbed, {story.name}")
            tenant.live(story, self._rows, None)
            self._wait_for_reports(tenant)
            self._expected[story] = self._take(tenant)
            self.say(f"undisturbed: {story.name}")
            for said in broken_promises(self._setup.database, tenant.tenant_id):
                self.findings.differences.append(f"undisturbed, {story.name}: {said}")

    def rage(self, stories: Iterable[Story], faults: int) -> None:
        """One round: the stories at once, under so many faults, and then in peace until they end."""
        self._rounds += 1
        chosen = list(stories)
        tenants = [self._make_tenant(f"{self._rounds}, {story.name}") for story in chosen]
        watcher = Watcher(self._setup.database)
        threads = [_Living(tenant, story, self._rows, Random(self._random.random())) for tenant, story in zip(tenants, chosen, strict=True)]
        try:
            for thread in threads:
                thread.start()
            self._commit_faults(watcher, threads, faults)
            wake_all(self._setup)
            self._setup.wait_until_whole(START_SECONDS)
            self.say("quiet")
            deadline = time.monotonic() + QUIET_SECONDS
            for thread in threads:
                thread.join(max(0.0, deadline - time.monotonic()))
            self.say("ended")
            for thread in threads:
                self._judge(thread)
        finally:
            watcher.close()
        self.findings.tries += watcher.tries.values()

    def end(self) -> None:
        """What can be said only when all is over."""
        self.findings.tries += list_batch_tries(self._setup.database)
        self.findings.bugs += count_bugs(self._setup.disk.folder / "logs")
        self.findings.bugs += Counter({answer: count for answer, count in self.findings.answers.items() if answer.endswith(" INTERNAL")})

    def _commit_faults(self, watcher: Watcher, threads: list["_Living"], count: int) -> None:
        committed = 0
        while committed < count and any(thread.is_alive() for thread in threads):
            time.sleep(self._random.uniform(*SECONDS_BETWEEN))
            name = self._random.choice(list(self._faults))
            if not commit(self._faults[name], self._random):
                continue
            committed += 1
            self.say(name)
            self.findings.faults[name] += 1
            if self.findings.faults.total() % MEASURED_EVERY == 0:
                self._measure(name, watcher)

    def _measure(self, name: str, watcher: Watcher) -> None:
        """How long after everything is back every import that was being worked on gets on again."""
        at_work = list(watcher.at_work())
        # Whoever was killed may be there for a moment still.
        time.sleep(SECONDS_BETWEEN[0])
        self._setup.wait_until_whole(START_SECONDS)
        back = time.monotonic()
        self.say(f"all is back; at work: {len(at_work)}")
        while not all(watcher.has_got_on(job_id, back) for job_id in at_work):
            if time.monotonic() - back > MOST_RECOVERY_SECONDS:
                self.findings.differences += [f"after “{name}” nothing went on", *describe_imports(self._setup.database, at_work)]
                break
            time.sleep(0.05)
        self.say("all has gone on")
        if at_work:
            self.findings.recoveries.setdefault(name, []).append(time.monotonic() - back)

    def _judge(self, thread: "_Living") -> None:
        tenant, story = thread.tenant, thread.story
        self.findings.stories[story.name] += 1
        self.findings.imports += len(tenant.imports)
        self.findings.answers += tenant.answers
        if thread.is_alive() or thread.error is not None:
            said = describe_imports(self._setup.database, tenant.imports)
            self.findings.differences += [f"{tenant.name} did not come to an end: {thread.error!r}", *said]
            return
        self._wait_for_reports(tenant)
        found = [
            *differences(self._expected[story.undisturbed()], self._take(tenant)),
            *broken_promises(self._setup.database, tenant.tenant_id),
        ]
        self.findings.differences += [f"{tenant.name}: {said}" for said in found]
        self.findings.left_objects += count_left_objects(self._setup.database, self._storage, tenant.imports)

    def _make_tenant(self, name: str) -> Tenant:
        with closing(Accounts(self._setup.settings)) as accounts:
            token = accounts.issue_token(name, Role.MEMBER)
        actor = find_token(self._setup.database, token)
        assert actor is not None
        return Tenant(name, actor.tenant_id, ApiClient(self._setup.url, token))

    def _take(self, tenant: Tenant) -> Outcome:
        return take_outcome(self._setup.database, self._storage, tenant.tenant_id, tenant.imports)

    def _wait_for_reports(self, tenant: Tenant) -> None:
        """A report is made after its import has ended."""
        unfinished = select(func.count()).where(col(Report.tenant_id) == tenant.tenant_id, col(Report.finished_at).is_(None))
        deadline = time.monotonic() + MOST_RECOVERY_SECONDS
        while time.monotonic() < deadline:
            with reading(self._setup.database) as tx:
                if not tx.execute(unfinished).scalar_one():
                    return
            time.sleep(0.2)


class _Living(threading.Thread):
    """A tenant at its story."""

    def __init__(self, tenant: Tenant, story: Story, rows: int, random: Random) -> None:
        super().__init__(daemon=True)
        self.tenant = tenant
        self.story = story
        self.error: BaseException | None = None
        self._rows = rows
        self._random = random

    def run(self) -> None:
        try:
            self.tenant.live(self.story, self._rows, self._random)
        except BaseException as error:
            self.error = error
