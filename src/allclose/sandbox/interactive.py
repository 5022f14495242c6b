"""IPython's shell as a kernel sets it up, but with its outputs going to a `Recorder` instead of a socket."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import comm
from comm.base_comm import BaseComm
from IPython.core import page
from IPython.core.autocall import ZMQExitAutocall
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Instance, Type, default
from traitlets.config import Config

from allclose.sandbox.display import Recorder

_REQUEST = {"header": {"msg_id": "cell"}}


class _Compiler(CachingCompiler):
    """Names cells as ipykernel does: a warning shows that name."""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        digest = zlib.crc32(raw_code.encode("utf-8", "surrogatepass"))
        return os.path.join(tempfile.gettempdir(), f"ipykernel_{os.getpid()}", f"{digest}.py")


class _DisplayHook(DisplayHook):
    """Records the value of a cell's last expression."""

    recorder: Recorder
    _content: tuple[Any, Any] | None = None

    def start_displayhook(self) -> None:
        self._is_active = True
        self._content = None

    def write_output_prompt(self) -> None:
        pass

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
        self._validate_data(data, metadata)
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
        return _REQUEST


# Libraries tell a notebook from a terminal by the name of this class.
class ZMQInteractiveShell(InteractiveShell):
    """The shell of the cells: no history file, no threads, no folder of its own, no terminal."""

    displayhook_class = Type(_DisplayHook)
    display_pub_class = Type(_DisplayPublisher)
    compiler_class = Type(_Compiler)
    exiter = Instance(ZMQExitAutocall)
    recorder: Recorder
    keepkernel_on_exit: Any = None

    def __init__(self, recorder: Recorder, **kwargs: Any) -> None:
        self.recorder = recorder
        self.kernel = _Kernel()
        self.last_traceback: Any = None
        config = Config()
        config.HistoryManager.enabled = False
        config.HistoryManager.hist_file = ":memory:"
        config.IPKernelApp.parent_appname = "allclose"  # tqdm looks for this section
        super().__init__(config=config, **kwargs)
        self.displayhook.recorder = recorder
        self.display_pub.recorder = recorder
        comm_class = type("Comm", (_Comm,), {"recorder": recorder})
        comm.create_comm = comm_class

    @default("exiter")
    def _default_exiter(self) -> ZMQExitAutocall:
        return ZMQExitAutocall(self)

    def init_ipython_dir(self, ipython_dir: Any) -> None:
        """Name a folder, but make none."""
        self.set_trait("ipython_dir", os.path.join(tempfile.gettempdir(), "ipython"))

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

    @contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        # IPython would keep a second copy of all that is printed.
        yield

    def _format_exception_for_storage(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # IPython would format every traceback a second time, for its history.
        return {}

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self.recorder.error(str(etype.__name__), str(evalue), stb)
        self.last_traceback = stb

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
        return _REQUEST

    def set_parent(self, parent: Any) -> None:
        """Leave the request as it is: there is one."""

    def system(self, cmd: str) -> None:
        """Run `cmd` in a shell, its output through a pipe into the stream; the exit status goes to `_exit_code`."""
        if cmd.rstrip().endswith("&"):
            raise OSError("Background processes not supported.")
        sys.stdout.flush()
        sys.stderr.flush()
        shell = os.environ.get("SHELL") or "/bin/sh"
        with subprocess.Popen(
            self.var_expand(cmd, depth=1),
            shell=True,
            executable=shell if os.access(shell, os.X_OK) else "/bin/sh",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            assert process.stdout is not None
            try:
                while chunk := process.stdout.read1(65536):  # type: ignore[attr-defined]
                    sys.stdout.write(chunk.decode("utf-8", "replace"))
            except KeyboardInterrupt:
                process.terminate()
        code = process.returncode
        self.user_ns["_exit_code"] = code
        if self.system_raise_on_error and code:
            raise subprocess.CalledProcessError(code, cmd)

    system_piped = system


def _drop_page(text: Any, start: Any = 0, screen_lines: Any = 0, pager_cmd: Any = None) -> None:
    pass


def refuse_input(prompt: Any = "") -> NoReturn:
    """Stand in for `input`: nobody is there to answer."""
    __tracebackhide__ = True
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


def refuse_password(prompt: Any = "Password: ", stream: Any = None, **options: Any) -> NoReturn:
    """Stand in for `getpass.getpass`."""
    __tracebackhide__ = True
    raise StdinNotImplementedError("getpass was called, but this frontend does not support input requests.")


@contextmanager
def no_input() -> Iterator[None]:
    """Let `input` and `getpass` raise what they raise in a kernel whose front end allows no input."""
    import builtins

    asked, secret = builtins.input, getpass.getpass
    builtins.input, getpass.getpass = refuse_input, refuse_password
    try:
        yield
    finally:
        builtins.input, getpass.getpass = asked, secret
