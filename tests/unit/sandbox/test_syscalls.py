"""The system-call filter, run instruction by instruction as the kernel would."""

import errno
import struct

import pytest

from allclose.sandbox.syscalls import program

KILL, ALLOW, ERRNO = 0x8000_0000, 0x7FFF_0000, 0x0005_0000
REFUSED, UNKNOWN = ERRNO | errno.EPERM, ERRNO | errno.ENOSYS
ARCHITECTURES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
I386 = 0x4000_0003


def verdict(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the filter says of one call."""
    words = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=iIQ6Q", number, ARCHITECTURES[machine] if architecture is None else architecture, 0, *words)
    code = list(struct.iter_unpack("=HBBI", program(machine)))
    here = value = 0
    while True:
        operation, yes, no, operand = code[here]
        here += 1
        match operation:
            case 0x20:
                value = struct.unpack_from("=I", data, operand)[0]
            case 0x54:
                value &= operand
            case 0x15:
                here += yes if value == operand else no
            case 0x25:
                here += yes if value > operand else no
            case 0x06:
                return int(operand)
            case _:
                raise AssertionError(f"instruction {operation:#x} is not one of the filter's")


@pytest.mark.parametrize(
    ("x86_64", "aarch64", "arguments", "expected"),
    [
        ((0,), (63,), (), ALLOW),  # read
        ((59,), (221,), (), ALLOW),  # execve
        ((101,), (117,), (), REFUSED),  # ptrace
        ((41,), (198,), (1,), REFUSED),  # socket, of the unix kind too
        ((53,), (199,), (1, 1), ALLOW),  # socketpair, unix
        ((53,), (199,), (2, 1), REFUSED),  # socketpair, internet
        ((9,), (222,), (0, 4096, 3, 0x22), ALLOW),  # mmap, private and anonymous
        ((9,), (222,), (0, 4096, 3, 0x01), ALLOW),  # mmap, a shared file
        ((9,), (222,), (0, 4096, 3, 0x21), REFUSED),  # mmap, shared and anonymous
        ((9,), (222,), (0, 4096, 3, 0x23), REFUSED),  # the same, validated
        ((9,), (222,), (0, 4096, 3, 0x40021), REFUSED),  # the same, of huge pages
        ((56,), (220,), (0x3D0F00,), ALLOW),  # clone of a thread
        ((56,), (220,), (17,), ALLOW),  # clone of a process
        ((56,), (220,), (0x1000_0011,), REFUSED),  # clone with a user namespace
        ((435,), (435,), (), UNKNOWN),  # clone3
        ((272,), (97,), (0,), REFUSED),  # unshare
        ((425,), (425,), (), REFUSED),  # io_uring_setup
        ((319,), (279,), (), REFUSED),  # memfd_create
        ((302,), (261,), (0, 7), ALLOW),  # prlimit64 of open files
        ((302,), (261,), (0, 4), REFUSED),  # prlimit64 of cores
        ((302,), (261,), (0, (1 << 32) | 4), REFUSED),  # the kernel looks at the low half only
        ((160,), (164,), (4,), REFUSED),  # setrlimit of cores
        ((467,), (467,), (), UNKNOWN),  # newer than the table
        ((0x4000_0000,), (0x4000_0000,), (), UNKNOWN),  # read, as x32 has it
        ((-1,), (-1,), (), UNKNOWN),
    ],
)
def test_each_call_gets_its_verdict_on_both_machines(
    x86_64: tuple[int], aarch64: tuple[int], arguments: tuple[int, ...], expected: int
) -> None:
    assert verdict("x86_64", *x86_64, *arguments) == expected
    assert verdict("aarch64", *aarch64, *arguments) == expected


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_a_call_of_another_architecture_ends_the_process(machine: str) -> None:
    assert verdict(machine, 20, architecture=I386) == KILL


def test_a_machine_without_a_table_is_named() -> None:
    with pytest.raises(OSError, match="no table of system calls for riscv64"):
        program("riscv64")
