"""Whole-file jobs for the FFmpeg program: one call, bounded in time and size, with its progress and its last words.

The program is the one that imageio-ffmpeg brings (IMAGEIO_FFMPEG_EXE names another). Pictures and sound that
Python looks at itself go through PyAV instead: `docs/decisions/0001-media-layer.md` says why there are two.
"""

from __future__ import annotations

import os
import re
import selectors
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import IO

import imageio_ffmpeg

from ops.errors import MediaError, SettingsError
from ops.media.process_group import process_group
from ops.progress import Progress

__all__ = ["CompletedRun", "ffmpeg_program", "ffmpeg_version", "run_ffmpeg"]

_PROTOCOLS = "file,pipe"
"""What an input may lead to: files, and the pipes between this process and FFmpeg. No network, ever."""

_POLL_S = 0.1

_LAST_WORDS = 5
"""Lines of the log that an error quotes."""

_ADDRESS = re.compile(r" @ 0x[0-9a-f]+(?=\])")
"""Where in memory a complaining part of FFmpeg lay: noise, and never the same twice."""

_CAPTURED_BYTES = 64 << 20
"""Most that is kept of standard output: reports and raw samples of a few minutes; a film goes to a file."""

_LOGGED_BYTES = 1 << 20
"""Most that is kept of the log, its end."""


@dataclass(frozen=True)
class CompletedRun:
    """What a run left behind, besides its files.

    Attributes:
        stdout: What it wrote to "pipe:1" or "-".
        log: What it said on standard error, the last mebibyte.
        seconds: Wall time.
    """

    stdout: bytes
    log: str
    seconds: float


def run_ffmpeg(
    args: Sequence[str | Path],
    *,
    timeout_s: float,
    max_output_bytes: int | None = None,
    progress: Progress | None = None,
    duration_s: float | None = None,
) -> CompletedRun:
    """Run FFmpeg with these arguments, its standard input closed, its log at warnings.

    Paths may be given as `Path`: they are passed so that no name is taken for an option or a protocol. Each input
    may lead to local files and pipes alone. A job that fails, is killed or is interrupted may leave a part of its
    output behind; write to a folder that is thrown away, or rename when done.

    Args:
        args: Everything after the program's name; the last one is the output.
        timeout_s: Wall time after which it is killed.
        max_output_bytes: Size of the output, file and standard output, beyond which it is killed.
        progress: Told of the share done; needs `duration_s`.
        duration_s: Length of what it is to write.

    Raises:
        MediaError: FFmpeg failed, took too long or wrote too much; with its own last words.
        SettingsError: There is no FFmpeg.
    """
    watch = _Watch(args, timeout_s, max_output_bytes, _ProgressReport(progress, duration_s))
    told, tell = os.pipe()
    with os.fdopen(told, "rb", 0) as report, os.fdopen(tell, "wb", 0) as theirs:
        command = [
            ffmpeg_program(), "-hide_banner", "-nostdin", "-y", "-loglevel", "warning", "-nostats",
            "-progress", f"pipe:{tell}", "-stats_period", "0.25", *_guarded(args),
        ]  # fmt: skip
        with process_group(command, pass_fds=[tell]) as process:
            theirs.close()  # else the report would never end
            watch.until_over(process, report)
            status = watch.wait(process)
    if status:
        raise watch.failure(f"FFmpeg failed (exit status {status})", "Mend what it complains of.")
    if progress is not None:
        progress(1.0)
    return CompletedRun(bytes(watch.output), watch.log, watch.seconds)


@cache
def ffmpeg_program() -> str:
    """Path of the FFmpeg program.

    Raises:
        SettingsError: There is none.
    """
    try:
        program = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        program = ""
    if shutil.which(program) is None:
        raise SettingsError(
            "there is no FFmpeg program",
            where=program or "imageio-ffmpeg",
            fix="Install it again (make setup), or name one by IMAGEIO_FFMPEG_EXE.",
        )
    return program


@cache
def ffmpeg_version() -> str:
    """Version of the FFmpeg program, as it calls itself.

    Raises:
        SettingsError: There is none, or it does not run.
    """
    program = ffmpeg_program()
    try:
        answer = subprocess.run([program, "-version"], capture_output=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise SettingsError(
            f"the FFmpeg program does not run ({error})", where=program, fix="Install it again (make setup)."
        ) from error
    return answer.stdout.decode(errors="replace").split("\n")[0].removeprefix("ffmpeg version ").split(" ")[0]


def _guarded(args: Sequence[str | Path]) -> list[str]:
    """Arguments as FFmpeg takes them, a protocol whitelist before every input."""
    guarded: list[str] = []
    for arg in args:
        if arg == "-i":
            guarded += ["-protocol_whitelist", _PROTOCOLS]
        guarded.append(f"file:{arg.absolute()}" if isinstance(arg, Path) else arg)
    return guarded


def _outputs(args: Sequence[str | Path]) -> list[Path]:
    """The files that a run writes: every `Path` that is no input, and the last argument."""
    after_input = [arg for before, arg in pairwise(["", *args]) if before != "-i"]
    paths = [arg for arg in after_input if isinstance(arg, Path)]
    last = args[-1] if args else "-"
    if isinstance(last, str) and not last.startswith(("-", "pipe:")):
        paths.append(Path(last.removeprefix("file:")))
    return paths


class _ProgressReport:
    """Reads the report that FFmpeg writes with `-progress`: key=value lines, times in microseconds."""

    def __init__(self, progress: Progress | None, duration_s: float | None) -> None:
        self._progress, self._duration_s = progress, duration_s
        self._unread = b""
        self._done = 0.0

    def take(self, piece: bytes) -> None:
        """Take what came in, and pass on how far it is."""
        *lines, self._unread = (self._unread + piece).split(b"\n")
        for line in lines:
            key, _, value = line.partition(b"=")
            if key == b"out_time_us" and value.strip().lstrip(b"-").isdigit() and self._duration_s:
                fraction = min(1.0, int(value) / 1e6 / self._duration_s)
                if self._progress is not None and fraction > self._done:
                    self._done = fraction
                    self._progress(fraction)


class _Watch:
    """Attends a run: takes in what it says, and ends it when it is too long or too big."""

    def __init__(
        self,
        args: Sequence[str | Path],
        timeout_s: float,
        max_output_bytes: int | None,
        report: _ProgressReport,
    ) -> None:
        self._outputs = _outputs(args)
        self._inputs = [arg for before, arg in pairwise(["", *args]) if before == "-i"]
        self._timeout_s, self._max_bytes, self._report = timeout_s, max_output_bytes, report
        self._began = time.monotonic()
        self._log = b""
        self.output = bytearray()

    @property
    def seconds(self) -> float:
        """Wall time so far."""
        return time.monotonic() - self._began

    @property
    def log(self) -> str:
        """The end of the log."""
        return self._log.decode("utf-8", errors="replace")

    def until_over(self, process: subprocess.Popen[bytes], report: IO[bytes]) -> None:
        """Take everything in until FFmpeg has closed its ends of the pipes."""
        assert process.stdout is not None and process.stderr is not None
        takers: dict[IO[bytes], Callable[[bytes], None]] = {
            process.stdout: self.output.extend,
            process.stderr: self._take_log,
            report: self._report.take,
        }
        with selectors.DefaultSelector() as selector:
            for pipe, taker in takers.items():
                selector.register(pipe, selectors.EVENT_READ, taker)
            while selector.get_map():
                for key, _ in selector.select(_POLL_S):
                    piece = os.read(key.fd, 1 << 16)
                    key.data(piece)
                    if not piece:
                        selector.unregister(key.fileobj)
                self._check_limits()

    def wait(self, process: subprocess.Popen[bytes]) -> int:
        """The exit status, once FFmpeg has ended."""
        while (status := process.poll()) is None:
            time.sleep(_POLL_S / 10)
            self._check_limits()
        self._check_limits()
        return status

    def failure(self, what: str, fix: str) -> MediaError:
        """An error about this run's input (else its output), with FFmpeg's last words."""
        lines = [_ADDRESS.sub("", line).strip() for line in self.log.splitlines()]
        words = [line for line in lines if line][-_LAST_WORDS:]
        where = self._inputs[0] if self._inputs else next(iter(self._outputs), "FFmpeg")
        return MediaError(f"{what}: {' | '.join(words)}" if words else what, where=where, fix=fix)

    def _take_log(self, piece: bytes) -> None:
        self._log = (self._log + piece)[-_LOGGED_BYTES:]

    def _check_limits(self) -> None:
        if self.seconds > self._timeout_s:
            raise self.failure(
                f"FFmpeg did not finish within {self._timeout_s:g} s", "Allow it more time, or give it less to do."
            )
        written = len(self.output) + sum(_size(path) for path in self._outputs)
        if self._max_bytes is not None and written > self._max_bytes:
            raise self.failure(
                f"FFmpeg wrote {written:,} bytes, beyond the limit of {self._max_bytes:,}",
                "Allow a bigger output, or ask for a lower bit rate.",
            )
        if len(self.output) > _CAPTURED_BYTES:
            raise self.failure(f"FFmpeg wrote {len(self.output):,} bytes to its standard output", "Write to a file.")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
