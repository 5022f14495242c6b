"""IPython's shell as a kernel sets it up, but with its outputs going to a `Recorder` instead of a socket."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import ast
import builtins
import codecs
import getpass
import inspect
import os
import pdb  # noqa: T100
import re
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NoReturn

import comm
from comm.base_comm import BaseComm
from IPython.core import debugger, page
from IPython.core.autocall import ZMQExitAutocall
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError, UsageError
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.display import Javascript, display
from traitlets import Instance, Type, default
from traitlets.config import Config

from allclose.sandbox.display import Recorder

_OUR_FILES: Final = str(Path(__file__).parent) + os.sep


class _Compiler(CachingCompiler):
    """Names cells as ipykernel does: a warning shows that name. Parses no cell that its transformer has parsed."""

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> Any:
        known = _parsed.pop(source, None) if symbol == "exec" and self.flags == _FLAGS else None
        return super().ast_parse(source, filename, symbol) if known is None else known

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        digest = zlib.crc32(raw_code.encode("utf-8", "surrogatepass"))
        name = str(Path(tempfile.gettempdir(), f"ipykernel_{os.getpid()}", f"{digest}.py"))
        # A traceback asks for the module of each frame; this answers "none" without a look at every module's file.
        inspect.modulesbyfile[name] = ""
        return name


class _Transformer(TransformerManager):
    """Leaves a cell as it is that is Python and nothing else, which IPython sees only after a look at every token."""

    #: Where any of IPython's transformations may find something to do, and many places where none does.
    _SPECIAL: Final = re.compile(
        r"""
        \\                       # Python's parser warns of some, and is to do so once
        | [\r\f\v\x1c-\x1e\x85\u2028\u2029]  # ends a line for IPython
        | \A\s                   # blank lines before all else, an indented cell
        | ^[^\S\n]+$             # dedent empties such lines
        | ^[^\S\n]*[%!,;/]       # magics, commands, calls without parentheses
        | =\s*[%!]               # what is assigned from those
        | \?                     # help
        | >>> | In\ \[ | \.\.\.:  # prompts that were copied
        """,
        re.MULTILINE | re.VERBOSE,
    )

    def __init__(self) -> None:
        super().__init__()
        self._as_made = self._transforms()

    def transform_cell(self, cell: str) -> str:
        """Do as IPython does."""
        if self._transforms() == self._as_made and not self._SPECIAL.search(cell):
            ended = cell if cell.endswith("\n") else f"{cell}\n"
            if _is_python(ended):
                return ended
        return super().transform_cell(cell)

    def _transforms(self) -> list[Any]:
        return [*self.cleanup_transforms, *self.line_transforms, *self.token_transformers]


#: The tree of the cell that was looked at last, until it is compiled.
_parsed: dict[str, Any] = {}
_FLAGS: Final = CachingCompiler().flags


def _is_python(cell: str) -> bool:
    _parsed.clear()
    try:
        _parsed[cell] = compile(cell, "<cell>", "exec", _FLAGS | ast.PyCF_ONLY_AST, dont_inherit=True)
    except Exception:
        return False
    return True


class _DisplayHook(DisplayHook):
    """Records the value of a cell's last expression."""

    recorder: Recorder
    _content: tuple[Any, Any] | None = None

    def start_displayhook(self) -> None:
        self._is_active = True
        self._content = None

    def write_output_prompt(self) -> None:
        """Show no prompt."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self._content = format_dict, md_dict

    def log_output(self, format_dict: Any) -> None:
        """Keep no second copy of outputs."""

    def finish_displayhook(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self._is_active = False
        if self._content is not None:
            data, metadata = self._content
            self._content = None
            self.recorder.result(data, metadata, self.prompt_count)


class _DisplayPublisher(DisplayPublisher):
    """Records what `display` publishes."""

    recorder: Recorder

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **kwargs: Any,
    ) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        if not isinstance(data, dict) or not isinstance(metadata, dict | None):
            raise TypeError(f"data must be a dict, got: {data!r}")
        display_id = transient.get("display_id") if isinstance(transient, dict) else None
        self.recorder.display(data, metadata, display_id, update=bool(update))

    def clear_output(self, wait: bool = False) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self.recorder.clear(wait=bool(wait))


class _Comm(BaseComm):
    """A comm without a front end; it only tells the recorder when an output widget takes over."""

    recorder: Recorder

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        state = data.get("state") if isinstance(data, dict) else None
        if isinstance(state, dict) and isinstance(request := state.get("msg_id"), str):
            if request:
                self.recorder.divert(self.comm_id)
            else:
                self.recorder.undivert(self.comm_id)


class _Kernel:
    """As much of a kernel as libraries ask the shell for."""

    def get_parent(self) -> dict[str, Any]:
        """The request that is being served."""
        return {"header": {"msg_id": "cell"}}

    @property
    def comm_manager(self) -> Any:
        """What registers widgets."""
        return comm.get_comm_manager()


@magics_class
class _KernelMagics(Magics):
    """The magics that only a kernel has, as far as they make sense without a front end."""

    @line_magic
    def clear(self, line: str) -> None:
        """Clear the terminal."""
        _run_piped("clear")

    @line_magic
    def less(self, line: str) -> None:
        """Show a file through the pager."""
        _page_file(line)

    @line_magic
    def more(self, line: str) -> None:
        """Show a file through the pager."""
        _page_file(line)

    @line_magic
    def man(self, line: str) -> None:
        """Show a manual page through the pager."""

    @line_magic
    def autosave(self, line: str) -> None:
        """Set how often the front end saves."""
        try:
            seconds = int(line)
        except ValueError as error:
            raise UsageError(f"%autosave requires an integer, got {line!r}") from error
        display(
            Javascript(f"IPython.notebook.set_autosave_interval({seconds * 1000})"), include=["application/javascript"]
        )
        print(f"Autosaving every {seconds} seconds" if seconds else "Autosave disabled")  # noqa: T201


# Libraries tell a notebook from a terminal by the name of this class.
class ZMQInteractiveShell(InteractiveShell):
    """The shell of the cells: no history file, no threads, no folder of its own, no terminal."""

    displayhook_class = Type(_DisplayHook)
    display_pub_class = Type(_DisplayPublisher)
    compiler_class = Type(_Compiler)
    exiter = Instance(ZMQExitAutocall)
    displayhook: Any
    display_pub: Any
    history_manager: Any
    keepkernel_on_exit: Any = None

    def __init__(self, recorder: Recorder, **kwargs: Any) -> None:
        self.recorder = recorder
        self.kernel = _Kernel()
        self.last_traceback: Any = None
        self.display_failed = False
        config = Config()
        config.HistoryManager.enabled = False
        config.HistoryManager.hist_file = ":memory:"
        config.IPKernelApp.parent_appname = "allclose"  # tqdm looks for this section
        super().__init__(config=config, **kwargs)
        self.input_transformer_manager = _Transformer()
        self.displayhook.recorder = recorder
        self.display_pub.recorder = recorder
        comm.create_comm = type("Comm", (_Comm,), {"recorder": recorder})
        pdb.Pdb = debugger.Pdb = debugger.InterruptiblePdb  # type: ignore[assignment, misc]
        pdb.set_trace = debugger.set_trace
        sys.breakpointhook = _no_breakpoint

    @default("exiter")
    def _default_exiter(self) -> ZMQExitAutocall:
        return ZMQExitAutocall(self)

    def init_ipython_dir(self, ipython_dir: Any) -> None:
        """Name a folder, but make none."""
        self.ipython_dir = str(Path(tempfile.gettempdir(), "ipython"))

    def _ipython_dir_changed(self, change: Any) -> None:
        pass

    def init_profile_dir(self, profile_dir: Any) -> None:
        """Do without a profile."""

    def init_virtualenv(self) -> None:
        """Stay in the environment that runs."""

    def init_environment(self) -> None:
        """Tell programs which the cells start what a kernel tells them."""
        os.environ.update(
            TERM="xterm-color", CLICOLOR="1", FORCE_COLOR="1", CLICOLOR_FORCE="1", PAGER="cat", GIT_PAGER="cat"
        )

    def init_hooks(self) -> None:
        """Send the pager's text nowhere: a notebook file does not keep it."""
        super().init_hooks()
        self.set_hook("show_in_pager", page.as_hook(_drop_page), 99)

    def init_magics(self) -> None:
        """Add what a kernel adds."""
        super().init_magics()
        self.register_magics(_KernelMagics)

    @contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        # IPython would keep a second copy of all that is printed.
        yield

    def _format_exception_for_storage(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # IPython would format every traceback a second time, for its history.
        return {}

    def _get_exc_info(self, exc_tuple: Any = None) -> tuple[Any, Any, Any]:
        etype, value, traceback = super()._get_exc_info(exc_tuple)
        return etype, value, _without_our_last_frames(traceback)

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self.recorder.error(str(etype.__name__), str(evalue), stb)
        self.last_traceback = stb
        self.display_failed |= self.displayhook.is_active

    def enable_matplotlib(self, gui: Any = None) -> Any:
        """Use the inline backend, whatever is asked for: no other can show anything here."""
        return super().enable_matplotlib("inline")

    def enable_gui(self, gui: Any = None) -> None:
        """Start no event loop."""

    def ask_exit(self) -> None:
        """Go on: the cells that follow are run all the same."""

    def set_next_input(self, s: Any, replace: bool = False) -> None:
        """Offer the front end nothing."""

    def get_parent(self) -> dict[str, Any]:
        """The request that is being served."""
        return self.kernel.get_parent()

    def set_parent(self, parent: Any) -> None:
        """Leave the request as it is: there is one."""

    def system(self, cmd: str) -> None:
        """Run `cmd` in a shell, its output through a pipe into the stream; the exit status goes to `_exit_code`."""
        if cmd.rstrip().endswith("&"):
            raise OSError("Background processes not supported.")
        code = _run_piped(self.var_expand(cmd, depth=1))
        self.user_ns["_exit_code"] = code
        if self.system_raise_on_error and code:
            raise subprocess.CalledProcessError(code, cmd)

    system_piped = system


def _run_piped(command: str) -> int:
    shell = os.environ.get("SHELL") or "/bin/sh"
    argv = [shell if os.access(shell, os.X_OK) else "/bin/sh", "-c", command]
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    sys.stdout.flush()
    sys.stderr.flush()
    with subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
    ) as process:
        assert process.stdout is not None
        try:
            while chunk := process.stdout.read(65536):
                sys.stdout.write(decode(chunk))
        except KeyboardInterrupt:  # as in a kernel, it ends the command and not the cell
            process.kill()
    return process.returncode


def _without_our_last_frames(traceback: TracebackType | None) -> TracebackType | None:
    """End a traceback where student code, or a library, called into this package; changes it in place."""
    last, entry = None, traceback
    while entry is not None:
        if not entry.tb_frame.f_code.co_filename.startswith(_OUR_FILES):
            last = entry
        entry = entry.tb_next
    if last is not None:
        last.tb_next = None
    return traceback


def _page_file(name: str) -> None:
    if not name:
        raise UsageError("Missing filename.")
    Path(name).read_bytes()  # to fail where it fails; what is paged is not kept


def _drop_page(text: Any, start: Any = 0, screen_lines: Any = 0, pager_cmd: Any = None) -> None:
    pass


def _no_breakpoint(*args: Any, **kwargs: Any) -> None:
    """Pass over a `breakpoint()`, as a kernel does to which no debugger is attached."""


def _refuse_input(prompt: Any = "") -> NoReturn:
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


def _refuse_password(prompt: Any = "Password: ", stream: Any = None, **options: Any) -> NoReturn:
    raise StdinNotImplementedError("getpass was called, but this frontend does not support input requests.")


@contextmanager
def no_input() -> Iterator[None]:
    """Let `input` and `getpass` raise what they raise in a kernel whose front end allows no input."""
    asked, secret = builtins.input, getpass.getpass
    builtins.input, getpass.getpass = _refuse_input, _refuse_password
    try:
        yield
    finally:
        builtins.input, getpass.getpass = asked, secret
