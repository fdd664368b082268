"""Kills the signer at every system call that changes anything, and lets system calls fail: scripts/crash-test --help.

Every point has a folder of its own, copied from one that was made once. After it the command is run again, and what it leaves
must be what one run without any fault leaves: byte for byte, for the ids of a run come from a seed.

Then recoveries are killed. Recoveries that make the same calls on the same kinds of files are one course: of each course one is
killed at every call, every other one wherever what is left to do was not cut off before, and at one call by a seed. What is tried
where nothing was before comes first.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter, namedtuple
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import course  # noqa: E402  (after the path is set)
import tracer  # noqa: E402
from judge import outcome, require  # noqa: E402
from place import Wrong  # noqa: E402
from scene import scenes  # noqa: E402

# Seeds of a run, of the one after it, and of the last: which of them decided is told from the ids
# in the answers. The clock stands still, but the ids of these rise from run to run, as those of
# real runs do: files of an earlier exchange are answered first.
SEEDS = ("A", "B", "I")
# Exit codes of a run that failed and says so: failed, or the vault could not be read.
FAILED = (1, 4)
# The scene whose answers are rendered by several threads: killed only, and wherever it happens to
# be.
THREADED = "process-many"
# Most seconds of a full run between two lines of what it is at.
TALK_SECONDS = 60
# How many kills in the recovery after one first kill a worker tries at once.
AT_ONCE = 16
KINDS = {"kill": "killed", "follow": "killed", "kill-within": "killed, and killed in the recovery", "fail": "failing calls"}
FOUND = "{}: {firsts} first kills, {courses} courses of the recovery; kills in it: {new} in new situations, {chosen} of {every}"
# What became of a task: how many points it was, what was wrong at which, and the steps of a
# recovery that was followed.
Tried = namedtuple("Tried", "points wrong steps", defaults=((), None))

made, references, scratch, numbers = {}, {}, None, count()


def fresh():
    return Path(scratch) / f"{os.getpid()}-{next(numbers)}"


def pin(turn):
    """One processor for each worker: on one, the signer works with one thread, and its calls come in one order."""
    with turn.get_lock():
        turn.value += 1
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {allowed[turn.value % len(allowed)]})


def make_references(scene):
    """What runs without a fault leave."""
    found = []
    orders = [(scene.arguments, seed) for seed in SEEDS] + ([(scene.again, "A")] if scene.again != scene.arguments else [])
    for arguments, seed in orders:
        place = scene.place.copy(fresh())
        said = place.run(arguments, seed)
        require(said.code in (0, 3), f"{scene.name} fails without any fault:\n{said}")
        found.append((outcome(place, scene.name), said.out))
        place.remove()
    batches = [json.loads(out).get("batch") or "" for _, out in found[: len(SEEDS)]]
    require(batches == sorted(batches), f"{scene.name}: the ids of the seeds do not rise: {batches}")
    return found


def require_known(scene, place, told=""):
    """The place is as some run without a fault leaves it; where something was told, as the first run would."""
    found = outcome(place, scene.name)
    known = [reference for reference, _ in references[scene.name][: 1 if told else None]]
    if found not in known:
        parts = [f"{part}: {found[part]}\n  but {known[0][part]}" for part in found if found[part] != known[0][part]]
        raise Wrong("no run without a fault leaves this:\n" + "\n".join(parts)[:4000])


def run_again(scene, place, seed):
    require_completed(scene, place.run(scene.again, seed))


def require_completed(scene, said):
    if scene.name == "init" and said.code == 1:
        require(said.error_code == "vault-exists" and said.json["error"]["hint"], f"init says not what to do:\n{said}")
    elif scene.name == "wallet-redeem" and said.code == 1:
        codes = {refused["code"] for refused in said.json.get("refused", [])}
        require(codes == {"licence-key-used"}, f"redeemed twice:\n{said}")
    else:
        require(said.code in (0, 3), f"the next run does not complete:\n{said}")


@contextmanager
def killed_at(scene, first):
    """The place as a run leaves it that was killed at this point, and what that run had told by then."""
    place = scene.place.copy(fresh())
    try:
        said = tracer.killed(place, scene.arguments, "A", first)
        # Of several threads none may come as far as the first one did.
        ends = (-9, 0, 3) if scene.name == THREADED else (-9,)
        require(said.code in ends, f"it was not killed:\n{said}")
        yield place, said.out if scene.name != "init" else ""
    finally:
        place.remove()


def kill(scene, first, second):
    """Kills a run at one point, and where a second point is named the next run there, if it comes by."""
    with killed_at(scene, first) as (place, told):
        again = second and tracer.killed(place, scene.again, "B", second).code == -9
        run_again(scene, place, SEEDS[1 if second is None else 2])
        require_known(scene, place, told)
        return Tried(2 if again else 1)


def follow(scene, first):
    """Kills a run at one point, and gives the steps of the next run, which nothing disturbs."""
    with killed_at(scene, first) as (place, told):
        said, made = tracer.recorded(place, scene.again, "B", tracer.CHANGING, "-y")
        require_completed(scene, said)
        require_known(scene, place, told)
        return Tried(1, steps=course.steps(made, place.path))


def kill_within(scene, first, *seconds):
    """Kills a run at one point, and the next run at each of these points in turn."""
    wrong = []
    with killed_at(scene, first) as (base, told):
        for second in seconds:
            place = base.copy(fresh())
            try:
                said = tracer.killed(place, scene.again, "B", second)
                require(said.code == -9, f"the recovery was not killed:\n{said}")
                run_again(scene, place, SEEDS[2])
                require_known(scene, place, told)
            except Wrong as fault:
                wrong.append((("kill", scene.name, first, second), str(fault)))
            finally:
                place.remove()
    return Tried(len(seconds), wrong)


def fail(scene, group, error, call):
    """Lets a call fail: the run says so, or the call did not matter."""
    place = scene.place.copy(fresh())
    try:
        said = tracer.failed(place, scene.arguments, "A", error, call)
        # What could not be brought to the disk is not done, whatever the files show now.
        require(group != "sync" or said.code in FAILED, f"a failed sync was not minded:\n{said}")
        left = [word for word in ("left in the inbox: ", "left on the medium: ") if word in said.err]
        if said.code in (0, 3) and not left:
            require_known(scene, place, "done")
        elif said.code in (0, 3):
            return require_answered_later(scene, place)
        else:
            require(said.code in FAILED, f"no clear end:\n{said}")
            # Whoever cannot write cannot say so either.
            if group != "write":
                require("error: " in said.err and "hint: " in said.err, f"it does not say what to do:\n{said}")
                require(said.error_code or scene.name == "wallet-redeem", f"no error as JSON:\n{said}")
        if group == "open":
            # One file could not be read, and a later call not be made either.
            return require_answered_later(scene, place)
        run_again(scene, place, "B")
        require_known(scene, place)
        return Tried(1)
    finally:
        place.remove()


def require_answered_later(scene, place):
    """A file that could not be read was left, and said to be: the next run answers it, after the others."""
    run_again(scene, place, "B")
    found, known = outcome(place, scene.name), references[scene.name][0][0]
    if scene.name in ("init", "key-mint", "wallet-redeem"):
        return Tried(1)
    require(found["shelves"] == known["shelves"], "not every file was answered once")
    require(states(found) == states(known), f"other systems than without a fault: {states(found)}")
    return Tried(1)


def states(found):
    return {(s["computer_name"], s["state"], str(s["activation"] and s["activation"]["licences"])) for s in found["systems"]}


def attempt(task):
    """Runs one task in a worker: what it is, and what became of it."""
    what, name, *details = task
    run = {"kill": kill, "follow": follow, "kill-within": kill_within, "fail": fail}[what]
    try:
        return task, run(made[name], *details)
    except Wrong as wrong:
        return task, Tried(1, [(task, str(wrong))])
    except Exception:
        return task, Tried(1, [(task, traceback.format_exc())])


def counted(scene):
    """The calls of an unkilled run, on one processor as the workers have it."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    place = scene.place.copy(fresh())
    try:
        calls = tracer.recorded(place, scene.arguments, "A", tracer.CHANGING)[1]
        found = {"kill": tracer.points(calls)}
        for group, (names, _) in tracer.FAILING.items():
            place.remove()
            place = scene.place.copy(fresh())
            found[group] = tracer.own_points(tracer.recorded(place, scene.arguments, "A", names.split())[1])
        # When all is told, the store tidies up and closes. `init` closes it earlier, before the
        # vault gets its name.
        before = tracer.told(calls) if scene.name != "init" else set()
        found["sync"] = [call for call in found["sync"] if call in before]
        found["closing"] = [call for call in found["closing"] if call not in before]
        return found
    finally:
        place.remove()
        os.sched_setaffinity(0, allowed)


def all_points(kills):
    """Every point by itself: kills, tried in this way, and failing calls."""
    tasks = []
    for scene in made.values():
        found = counted(scene)
        if scene.name == THREADED:
            tasks += [("kill", scene.name, call, None) for call in found["kill"]]
            continue
        tasks += [(kills, scene.name, call) + ((None,) if kills == "kill" else ()) for call in found["kill"]]
        for group, (_, errors) in tracer.FAILING.items():
            tasks += [("fail", scene.name, group, error, call) for error in errors for call in found[group]]
    return tasks


def points_within(recoveries, exhaustive, seed):
    """Kills in the recoveries, of which `recoveries` has the steps by scene and first kill; says how many there are."""
    tasks, later, sums = [], [], Counter()
    for name, followed in recoveries.items():
        courses, new, more = course.chosen(followed, seed)
        if exhaustive:
            more = {first: [step.call for step in steps if step.call not in new[first]] for first, steps in followed.items()}
        tasks += within(name, new)
        later += within(name, more)
        found = {"firsts": len(followed), "courses": courses, "new": sum(map(len, new.values()))}
        found |= {"chosen": found["new"] + sum(map(len, more.values())), "every": sum(map(len, followed.values()))}
        sums.update(found)
        print(FOUND.format(name, **found), flush=True)
    print(FOUND.format("all", **sums), flush=True)
    return tasks + later


def within(name, calls):
    """Tasks of a scene for the calls in the recovery after each first kill."""
    return [
        ("kill-within", name, first, *seconds[at : at + AT_ONCE])
        for first, seconds in calls.items()
        for at in range(0, len(seconds), AT_ONCE)
    ]


def sample(tasks, size, seed):
    """So many points by this seed, half of them with a second kill in the recovery."""
    chance = random.Random(seed)
    chosen = chance.sample(tasks, min(size, len(tasks)))
    return [somewhere(task, tasks, chance) if task[0] == "kill" and chance.random() < 0.5 else task for task in chosen]


def somewhere(task, tasks, chance):
    """This kill, and one in the recovery by chance: at a call of the scene's first run, which the recovery mostly makes too."""
    return (*task[:3], chance.choice([call for what, scene, call, *_ in tasks if (what, scene) == task[:2]]))


def run_all(tasks, workers):
    """Runs the tasks on all processors; gives how many points of each kind there were, the wrong ones, and recoveries' steps."""
    from multiprocessing import Value

    tried, wrong, recoveries, told = Counter(), [], {}, time.monotonic()
    with ProcessPoolExecutor(workers, initializer=pin, initargs=(Value("i", 0),)) as pool:
        for task, result in pool.map(attempt, tasks, chunksize=1):
            tried[f"{task[1]}, {KINDS[task[0]]}"] += result.points
            wrong += result.wrong
            for point, fault in result.wrong:
                print(f"\nwrong: {' '.join(map(str, point))}\n{fault}", flush=True)
            if result.steps:
                recoveries.setdefault(task[1], {})[task[2]] = result.steps
            if time.monotonic() - told > TALK_SECONDS:
                told = time.monotonic()
                print(f"  at {' '.join(map(str, task[:3]))}: {tried.total()} points, {len(wrong)} wrong", flush=True)
    return tried, wrong, recoveries


def options():
    parser = argparse.ArgumentParser(prog="scripts/crash-test", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--once", action="store_true", help="all points, but no kill within a recovery")
    parser.add_argument("--exhaustive", action="store_true", help="a kill at every point of the recovery after every first kill")
    parser.add_argument("--sample", type=int, metavar="N", help="N points by a seed instead of all")
    parser.add_argument("--seed", type=int, default=None, help="the seed of what is chosen; without it a new one, which is printed")
    parser.add_argument("--only", metavar="SCENE", action="append", help="only this scene; may be given several times")
    parser.add_argument("--point", nargs="+", metavar="WORD", help="one point, as `wrong:` names it")
    parser.add_argument("--folder", default=None, help="where the folders of the points are made, instead of /dev/shm")
    parser.add_argument("-j", "--jobs", type=int, default=len(os.sched_getaffinity(0)))
    return parser.parse_args()


def run_chosen(asked):
    """Runs what was asked for; gives how many points were tried of each kind, and what was wrong."""
    if asked.point:
        return run_all([tuple(None if word == "None" else word for word in asked.point)], asked.jobs)[:2]
    seed = random.SystemRandom().randrange(1 << 32) if asked.seed is None else asked.seed
    if asked.sample:
        tasks = all_points("kill")
        print(f"a sample of {asked.sample} of {len(tasks)} points, seed {seed}", flush=True)
        return run_all(sample(tasks, asked.sample, seed), asked.jobs)[:2]
    tasks = all_points("kill" if asked.once else "follow")
    tried, wrong, recoveries = run_all(tasks, asked.jobs)
    if asked.once:
        return tried, wrong
    print(f"{tried.total()} points by themselves, {len(wrong)} wrong; now kills in the recovery, seed {seed}", flush=True)
    chance = random.Random(seed)
    threaded = [somewhere(task, tasks, chance) for task in tasks if task[0] == "kill"]
    more, more_wrong, _ = run_all(threaded + points_within(recoveries, asked.exhaustive, seed), asked.jobs)
    return tried + more, wrong + more_wrong


def main():
    global scratch
    asked = options()
    reason = tracer.why_not()
    if reason:
        print(f"skipped: 1 (strace cannot be used here: {reason})")
        return 0
    begun = time.monotonic()
    shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    scratch = tempfile.mkdtemp(prefix="keyspool-crash-", dir=asked.folder or shm)
    try:
        for scene in scenes():
            if not asked.only or scene.name in asked.only:
                made[scene.name] = scene
                scene.make(fresh())
                references[scene.name] = make_references(scene)
        tried, wrong = run_chosen(asked)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    for kind, points in sorted(tried.items()):
        print(f"{points:6} points: {kind}")
    print(f"{tried.total()} points in {time.monotonic() - begun:.0f} s, {len(wrong)} wrong")
    return 1 if wrong or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
