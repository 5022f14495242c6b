"""What student code finds in the sandbox; each test enters a real one, in processes of its own."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from allclose.model import Tier
from allclose.sandbox.isolation import STEPS, default_readonly

SOURCE = Path(__file__).parents[3] / "src"
#: What each script starts with: `box` and `limits` as the test wants them, and a way to run code as a student would.
ZYGOTE = f"""
import json, os, sys, time
sys.path.insert(0, {str(SOURCE)!r})
from allclose.model import Limits, Tier
from allclose.sandbox import isolation, kernel, mounts
from allclose.sandbox.isolation import *

task = json.loads(sys.argv[1])
codes = task["codes"]
limits = Limits(**task["limits"])
box = Box(Tier(task["tier"]), readonly=tuple(task["readonly"]), hidden=tuple(task["hidden"]), gpus=tuple(task["gpus"]))

def begin_child(code, keep=()):
    sys.stdout.flush()
    pid = fork_child(box)
    if pid == 0:
        status = 1
        try:
            enter_child(box, limits, keep)
            exec(code, {{}})
            status = 0
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    return pid

def in_child(code, keep=()):
    return os.waitstatus_to_exitcode(os.waitpid(begin_child(code, keep), 0)[1])
"""
STUDENT = """
import json, os, signal, sys, time

def attempt(action):
    try:
        return action()
    except (OSError, MemoryError) as error:
        return type(error).__name__

def tell(*facts):
    print(json.dumps(facts), flush=True)
"""
ONE_CHILD = """
enter_box(box)
raise SystemExit(in_child(codes[0]))
"""
#: Become an ordinary user where root runs the tests, below a root where that user can read Python.
AS_ORDINARY_USER = """
if os.geteuid() == 0:
    kernel.unshare(kernel.CLONE_NEWNS)
    mounts.build_root(mounts.plan(default_readonly(), ()), {}, ("/tmp",))
    os.setgroups([])
    os.setresgid(4321, 4321, 4321)
    os.setresuid(4321, 4321, 4321)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
"""


chosen = {"tier": Tier.STRONG}


@pytest.fixture(params=[Tier.STRONG, Tier.BASIC], autouse=True)
def tier(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Tier:
    """Every test here runs at both tiers that have a box."""
    monkeypatch.setitem(chosen, "tier", request.param)
    return Tier(request.param)


def start(
    script: str,
    *codes: str,
    limits: dict[str, float] | None = None,
    tier: Tier | None = None,
    readonly: tuple[str, ...] = (),
    hidden: tuple[str, ...] = (),
    gpus: tuple[str, ...] = (),
) -> subprocess.Popen[str]:
    task = {
        "codes": [STUDENT + dedent(code) for code in codes],
        "limits": limits or {},
        "tier": tier or chosen["tier"],
        "readonly": default_readonly() + readonly,
        "hidden": hidden,
        "gpus": gpus,
    }
    command = [sys.executable, "-I", "-c", ZYGOTE + dedent(script), json.dumps(task)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(script: str, *codes: str, **options: Any) -> subprocess.CompletedProcess[str]:
    with start(script, *codes, **options) as process:
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def told(script: str, *codes: str, **options: Any) -> list[Any]:
    """The facts that were told, one list for each time."""
    result = run(script, *codes, **options)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def student(code: str, **options: Any) -> Any:
    """What one child's code told."""
    (facts,) = told(ONE_CHILD, code, **options)
    return facts


def test_a_device_that_is_lent_is_there_and_opens_where_no_second_wall_stands(tier: Tier) -> None:
    code = """
        opened = attempt(lambda: os.close(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)))
        tell(os.stat("/dev/ptmx").st_mode, opened)
    """
    mode, opened = student(code, gpus=("/dev/ptmx",))
    assert stat.S_ISCHR(mode)
    assert (opened == "PermissionError") == (tier is Tier.STRONG)


def test_the_child_is_alone_in_its_world() -> None:
    assert student("tell(os.getpid(), [name for name in os.listdir('/proc') if name.isdigit()])") == [1, ["1"]]


def test_the_child_is_nobody_in_particular_and_holds_no_privilege() -> None:
    user, uids, gids, status = student("""
        import getpass
        status = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines())
        wanted = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs")
        tell(getpass.getuser(), os.getresuid(), os.getresgid(), [int(status[name], 16) for name in wanted])
    """)

    assert (user, uids, gids) == ("student", [1000] * 3, [1000] * 3)
    assert status == [0, 0, 0, 0, 0, 1]


def test_outside_no_process_of_the_box_belongs_to_root() -> None:
    with start("enter_box(box)\nin_child(codes[0])", "print('in', flush=True)\ntime.sleep(60)") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        zygote = child_of(process.pid)
        owners = [host_uids(pid) for pid in (zygote, child_of(zygote))]
        process.kill()

    assert owners == [{os.getuid() or 65533}] * 2


def child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())


def host_uids(pid: int) -> set[int]:
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("Uid:")]
    return {int(uid) for uid in line.split()[1:]}


def test_the_work_folder_is_home_and_empty() -> None:
    found = student("""
        import pathlib, tempfile
        before = os.listdir()
        pathlib.Path("answer.txt").write_text("42")
        tell(before, os.listdir(), os.getcwd(), str(pathlib.Path.home()), tempfile.gettempdir())
    """)

    assert found == [[], ["answer.txt"], "/submission", "/submission", "/tmp"]


def test_a_hidden_folder_is_empty_and_what_is_shown_inside_it_stays(tmp_path: Path) -> None:
    course = tmp_path / "env" / "course"
    (course / ".venv").mkdir(parents=True)
    (course / ".venv" / "library.py").write_text("x = 1")
    (course / "hidden_tests.py").write_text("assert answer == 42")
    (tmp_path / "env" / "seed").write_text("secret")
    (tmp_path / "env" / "shown").write_text("public")
    code = f"""
        os.chdir({str(tmp_path / "env")!r})
        files = [os.path.join(place, name) for place, _, names in os.walk(".") for name in names]
        tell(sorted(files), open("seed").read(), open("shown").read())
    """

    found = student(
        code,
        readonly=(str(tmp_path / "env"), str(course / ".venv")),
        hidden=(str(course), str(tmp_path / "env" / "seed")),
    )

    assert found == [["./course/.venv/library.py", "./seed", "./shown"], "", "public"]


def test_nothing_of_the_host_shows_but_the_whitelist(tmp_path: Path) -> None:
    present, devices = student(
        f"""
        places = ["/etc/shadow", "/home", "/var", "/run", "/sys/class", "/sys/fs", "/dev/tty", "/dev/ptmx", "/.host"]
        present = [place for place in [{str(tmp_path)!r}, *places] if os.path.lexists(place)]
        tell(present, sorted(os.listdir("/dev")))
    """,
        tier=Tier.BASIC,
    )

    assert present == []
    assert devices == ["fd", "full", "null", "random", "shm", "stderr", "stdin", "stdout", "urandom", "zero"]


def test_a_link_on_the_way_to_something_shown_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "data").write_text("7")
    (tmp_path / "current").symlink_to("versions")
    path = f"{tmp_path}/current/data"

    assert student(f"tell(open({path!r}).read())", readonly=(path,)) == ["7"]


def test_nothing_that_is_shown_can_be_written(tmp_path: Path) -> None:
    course = tmp_path / "course"
    course.mkdir()
    (course / "data").write_text("1")
    for path in (tmp_path, course, course / "data"):
        path.chmod(0o777)
    code = f"""
        places = ["/", "/usr", "/etc", "/dev", "/cache", sys.prefix, {str(tmp_path)!r}, {str(course)!r}]
        tell(*(attempt(lambda: open(place + "/new", "w")) for place in places))
        tell(attempt(lambda: open({str(tmp_path / "data")!r}, "a")), attempt(lambda: os.unlink("/etc/passwd")))
    """

    found = told(ONE_CHILD, code, readonly=(str(tmp_path), "/dev/null"), hidden=(str(course),))

    assert {error for facts in found for error in facts} <= {"OSError", "PermissionError"}


def test_what_the_zygote_caches_every_child_can_read_and_none_can_change() -> None:
    script = """
    enter_box(box)
    open(CACHE + "/fonts", "w").write("fonts")
    in_child(codes[0])
    open(CACHE + "/fonts", "a").write(" and more")
    in_child(codes[0])
    """
    code = """
    read = open("/cache/fonts").read()
    tell(read, attempt(lambda: open("/cache/fonts", "a")), attempt(lambda: os.unlink("/cache/fonts")))
    """

    assert told(script, code) == [["fonts", "OSError", "OSError"], ["fonts and more", "OSError", "OSError"]]


def test_children_share_no_files() -> None:
    script = """
    enter_box(box)
    in_child(codes[0])
    in_child(codes[1])
    print([os.listdir("/submission") + os.listdir("/dev/shm")])
    """
    leave = "for folder in ('/submission', '/tmp', '/dev/shm'): open(f'{folder}/left', 'w').close()"
    look = "tell(*(os.path.exists(f'{folder}/left') for folder in ('/submission', '/tmp', '/dev/shm')))"

    assert told(script, leave, look) == [[False, False, False], [[]]]


def test_two_children_at_once_cannot_meet_through_sockets_or_shared_memory() -> None:
    script = """
    enter_box(box)
    ready, held = os.pipe()
    host = begin_child(codes[0] + f"os.write({held}, b'x')\\ntime.sleep(60)", (held,))
    os.read(ready, 1)
    in_child(codes[1])
    os.kill(host, 9)
    """
    wait = """
    import ctypes, socket
    meeting = socket.socket(socket.AF_UNIX)
    meeting.bind("\\0meeting")
    meeting.listen()
    tell(ctypes.CDLL(None).shmget(4711, 4096, 0o1666) >= 0)
    """
    look = """
    import ctypes, socket
    met = attempt(lambda: socket.socket(socket.AF_UNIX).connect("\\0meeting"))
    tell(met, ctypes.CDLL(None).shmget(4711, 4096, 0o666))
    """

    assert told(script, wait, look, tier=Tier.BASIC) == [[True], ["ConnectionRefusedError", -1]]


def test_the_network_is_out_of_reach(tier: Tier) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        found = student(f"""
            import socket
            local = attempt(lambda: socket.create_connection(("127.0.0.1", {port}), timeout=5))
            tell(local, attempt(lambda: [name for _, name in socket.if_nameindex()]))
        """)

    assert found == {Tier.BASIC: ["OSError", ["lo"]], Tier.STRONG: ["PermissionError", "PermissionError"]}[tier]


def test_descriptors_are_closed_but_the_ones_to_keep() -> None:
    script = """
    enter_box(box)
    kept, closed = os.open("/dev/zero", os.O_RDONLY), os.open("/dev/zero", os.O_RDONLY)
    os.dup2(closed, 200)
    in_child(codes[0] + f"tell([fd for fd in range(1000) if is_open(fd)], {kept})", (kept,))
    """

    ((still_open, kept),) = told(script, "def is_open(fd): return attempt(lambda: os.fstat(fd)) != 'OSError'\n")

    assert still_open == [0, 1, 2, kept]


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        ("len(bytearray(48 << 20))", 48 << 20),
        ("bytearray(80 << 20)", "MemoryError"),
        ("__import__('mmap').mmap(-1, 200 << 20)", ("OSError", "PermissionError")),
        ("open('big', 'wb', 0).write(bytes(7 << 20))", 7 << 20),
        ("[open(f'/tmp/{i}', 'wb').write(bytes(3 << 20)) for i in range(4)]", "OSError"),
        ("[open(place + '/x', 'wb').write(bytes(3 << 20)) for place in ('.', '/tmp', '/dev/shm')]", "OSError"),
        ("[open(f'{i}', 'w').close() for i in range(100_000)]", "OSError"),
        ("[os.dup(1) for _ in range(1000)]", "OSError"),
        ("len([os.fork() or signal.pause() for _ in range(15)])", 15),
        ("[os.fork() or signal.pause() for _ in range(16)]", "BlockingIOError"),
    ],
)
def test_limits_hold(action: str, outcome: int | str | tuple[str, str]) -> None:
    limits = {"memory_bytes": 64 << 20, "disk_bytes": 8 << 20, "processes": 16}

    (found,) = student(f"tell(attempt(lambda: {action}))", limits=limits)

    assert found in (outcome if isinstance(outcome, tuple) else (outcome,))


def test_a_file_ends_at_the_disk_limit() -> None:
    found = student("tell(open('big', 'wb', 0).write(bytes(9 << 20)))", limits={"disk_bytes": 8 << 20})

    assert found[0] <= 8 << 20


def test_each_child_has_processes_of_its_own_to_spend() -> None:
    script = """
    enter_box(box)
    ready, held = os.pipe()
    first = begin_child(codes[0] + f"os.write({held}, b'x')\\nsignal.pause()", (held,))
    os.read(ready, 1)
    in_child(codes[0])
    os.kill(first, 9)
    """
    spend = "tell(len([os.fork() or signal.pause() for _ in range(8)]))\n"

    assert told(script, spend, limits={"processes": 10}) == [[8], [8]]


def test_processor_time_ends_even_where_signals_are_ignored() -> None:
    code = """
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass
    """

    script = """
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # the limit is for all processors together
    enter_box(box)
    print(in_child(codes[0]))
    """

    found = told(script, code, limits={"submission_seconds": 0.1})

    assert found == [-signal.SIGKILL]


def test_a_program_in_the_work_folder_does_not_run() -> None:
    found = student("""
        import subprocess
        open("tool", "w").write("#!/bin/sh\\necho ran")
        os.chmod("tool", 0o700)
        tell(attempt(lambda: subprocess.run(["./tool"])))
    """)

    assert found == ["PermissionError"]


def test_what_courses_use_still_works() -> None:
    found = student("""
        import asyncio, multiprocessing, subprocess, threading
        context = multiprocessing.get_context("fork")
        numbers = context.Queue()
        worker = context.Process(target=numbers.put, args=(41,))
        worker.start()
        number = numbers.get()
        worker.join()
        async def one(): return 1
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
        listing = subprocess.run("ls -d /usr", shell=True, capture_output=True, text=True).stdout
        tell(number + asyncio.run(one()), listing, open("/dev/null").read(), len(os.urandom(3)))
    """)

    assert found == [42, "/usr\n", "", 3]


def test_everything_that_a_child_started_ends_with_it() -> None:
    script = """
    enter_box(box)
    alive, held = os.pipe()
    in_child(codes[0], (held,))
    os.close(held)
    print(json.dumps([os.read(alive, 1).decode(), [name for name in os.listdir("/proc") if name.isdigit()]]))
    """
    code = """
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.fork()
        time.sleep(60)
    """

    assert told(script, code) == [["", ["1"]]]


def test_a_hundred_children_leave_nothing_behind() -> None:
    script = """
    def traces():
        processes = [name for name in os.listdir("/proc") if name.isdigit()]
        mounts = open("/proc/self/mountinfo").read()
        return mounts, processes, os.listdir("/proc/self/fd"), os.readlink("/proc/self/ns/pid_for_children")

    enter_box(box)
    before = traces()
    statuses = {in_child(codes[0]) for _ in range(100)}
    print(json.dumps([list(statuses), traces() == before]))
    """

    assert told(script, "os.fork()\nopen('left', 'w').write('x')") == [[[0], True]]


def test_the_host_keeps_no_mount_of_a_box() -> None:
    before = Path("/proc/self/mountinfo").read_text()

    assert student("tell(1)") == [1]
    assert Path("/proc/self/mountinfo").read_text() == before


@pytest.mark.parametrize(("ending", "status"), [("os._exit(7)", 7), ("import ctypes; ctypes.string_at(0)", -11)])
def test_the_outer_process_ends_as_the_inner_one(ending: str, status: int) -> None:
    assert run(f"enter_box(box)\n{ending}").returncode == status


def test_killing_the_outer_process_ends_the_box() -> None:
    with start("enter_box(box)\nin_child(codes[0])", "print('in', flush=True)\ntime.sleep(60)") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        process.kill()
        assert process.stdout.read() == ""  # everyone who held the pipe is gone


def test_an_ordinary_user_gets_the_same_box() -> None:
    code = """
    pids = [name for name in os.listdir("/proc") if name.isdigit()]
    forks = attempt(lambda: [os.fork() or signal.pause() for _ in range(16)])
    tell(os.getuid(), pids, os.getcwd(), attempt(lambda: open("/usr/new", "w")), forks)
    """

    found = told(AS_ORDINARY_USER + ONE_CHILD, code, limits={"processes": 16})

    assert found == [[1000, ["1"], "/submission", "OSError", "BlockingIOError"]]


def test_where_namespaces_are_forbidden_the_message_names_the_mend(tier: Tier) -> None:
    script = """
    from allclose.errors import IsolationUnavailable
    uid = os.geteuid()
    kernel.unshare(kernel.CLONE_NEWUSER)
    open("/proc/self/uid_map", "w").write(f"0 {uid} 1")
    open("/proc/sys/user/max_user_namespaces", "w").write("0")
    try:
        enter_box(box)
    except IsolationUnavailable as error:
        print(json.dumps(str(error)))
    """

    (message,) = told(script)

    assert message.startswith(f"isolation '{tier}' stopped at 'mount namespace': ")
    assert message.endswith("; run `sudo sysctl -w user.max_user_namespaces=15000`, or use --isolation none")
    assert "\n" not in message


def test_without_landlock_there_is_no_strong_tier_and_the_message_says_so(tier: Tier) -> None:
    script = """
    import struct
    from allclose.errors import IsolationUnavailable
    no_landlock = ((0x20, 0, 0, 0), (0x15, 0, 1, 444), (0x06, 0, 0, 0x50026), (0x06, 0, 0, 0x7FFF0000))
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.set_filter(b"".join(struct.pack("=HBBI", *line) for line in no_landlock))
    enter_box(box)
    try:
        try_child(box, limits)
        print(json.dumps(""))
    except IsolationUnavailable as error:
        print(json.dumps(str(error)))
    """

    (message,) = told(script)

    if tier is Tier.BASIC:
        assert message == ""
    else:
        assert message.startswith("isolation 'strong' stopped at 'Landlock': ")
        assert message.endswith("(`lsm=landlock,...` on its command line), or use --isolation basic")


@pytest.mark.parametrize("path", ["/no/such/place", "/", "relative"])
def test_a_path_that_cannot_be_shown_is_named(path: str, tier: Tier) -> None:
    last_line = run("enter_box(box)", readonly=(path,)).stderr.splitlines()[-1]

    assert f"IsolationUnavailable: isolation '{tier}' stopped at 'mount namespace'" in last_line
    assert f"'{path}'" in last_line


def test_what_the_student_could_not_read_is_named_before_an_import_fails_on_it(tmp_path: Path) -> None:
    tmp_path.chmod(0)

    last_line = run("enter_box(box)", readonly=(str(tmp_path),)).stderr.splitlines()[-1]

    assert f"'{tmp_path}' cannot be read by other users: chmod -R o+rX it" in last_line


def test_without_isolation_there_are_limits_and_a_folder_of_ones_own(tmp_path: Path) -> None:
    script = f"""
    import tempfile
    tempfile.tempdir = {str(tmp_path)!r}
    enter_box(box)
    in_child(codes[0])
    in_child(codes[0])
    """
    code = """
    import resource, tempfile
    home = os.getcwd() == os.environ["HOME"] == tempfile.gettempdir()
    tell(home, os.listdir(), os.getsid(0) == os.getpid(), attempt(lambda: bytearray(80 << 20)))
    open("left", "w").close()
    """

    found = told(script, code, limits={"memory_bytes": 64 << 20}, tier=Tier.NONE)

    assert found == [[True, [], True, "MemoryError"]] * 2
    assert sorted(path.name for path in tmp_path.glob("*/*")) == ["left"] * 2


def test_without_isolation_processes_are_counted_on_top_of_what_the_user_runs() -> None:
    code = "import resource\ntell(resource.getrlimit(resource.RLIMIT_NPROC)[0])"
    own = sum(path.stat().st_uid == os.getuid() for path in Path("/proc").glob("[0-9]*"))

    ((allowed,),) = told(ONE_CHILD, code, limits={"processes": 1000}, tier=Tier.NONE)

    assert allowed >= 1000 + own // 2  # some may have ended since


def test_the_steps_stand_in_order_and_each_is_named_once_in_its_tier() -> None:
    assert [step.stage for step in STEPS] == sorted(step.stage for step in STEPS)  # box, child, watch
    for tier in Tier:
        named = [(step.stage, step.name) for step in STEPS if tier in step.tiers]
        assert len(set(named)) == len(named)
