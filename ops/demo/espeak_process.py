"""A process of its own that speaks one request with eSpeak NG: JSON on stdin, JSON on stdout.

eSpeak NG is GPL-3; Showrunner neither links nor bundles it. It runs here, at arm's length, as `python -m
ops.demo.espeak_process`, so that neither its licence nor a crash in its C code reaches the caller. The library and
its voices come from the `espeakng-loader` wheel.

Request: `{"text", "voice", "words_per_minute", "pitch", "pitch_range"}` (pitch and range 0 to 100).
Answer: `{"sample_rate", "pcm"}` (base64, 16-bit mono) and `"words"`: `[{"text", "start_s"}]` from the synthesiser's
own word events. A failure is one line on stderr and exit status 1.
"""

from __future__ import annotations

import base64
import ctypes
import json
import sys
from typing import Any, TextIO

__all__ = ["speak"]

# the constants and the event layout of espeak-ng's speak_lib.h, interface revision 12
SYNCHRONOUS = 2
RATE, PITCH, RANGE = 1, 3, 4
POSITION_IN_CHARACTERS = 1
UTF8 = 1
EVENT_END_OF_LIST, EVENT_WORD = 0, 1


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def speak(request: dict[str, Any]) -> dict[str, Any]:
    """Synthesise one request with the library, in this process."""
    from espeakng_loader import get_data_path, get_library_path  # only this process may load it

    library = ctypes.CDLL(get_library_path())
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, get_data_path().encode(), 0)
    if rate <= 0:
        raise RuntimeError(f"espeak_Initialize failed with {rate}")
    text: str = request["text"]
    pcm = bytearray()
    words: list[dict[str, Any]] = []

    @_CALLBACK
    def collect(samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            pcm.extend(ctypes.string_at(samples, 2 * count))
        index = 0
        while events[index].type != EVENT_END_OF_LIST:
            event = events[index]
            if event.type == EVENT_WORD:
                first = event.text_position - 1
                words.append({"text": text[first : first + event.length], "start_s": event.audio_position / 1000})
            index += 1
        return 0

    library.espeak_SetSynthCallback(collect)
    if library.espeak_SetVoiceByName(request["voice"].encode()) != 0:
        raise RuntimeError(f"espeak-ng has no voice {request['voice']!r}")
    for parameter, name in ((RATE, "words_per_minute"), (PITCH, "pitch"), (RANGE, "pitch_range")):
        library.espeak_SetParameter(parameter, int(request[name]), 0)
    data = text.encode() + b"\0"
    failed = library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, POSITION_IN_CHARACTERS, 0, UTF8, None, None)
    if failed or library.espeak_Synchronize():
        raise RuntimeError("espeak_Synth failed")
    library.espeak_Terminate()
    return {"sample_rate": rate, "pcm": base64.b64encode(bytes(pcm)).decode(), "words": words}


def main(source: TextIO = sys.stdin, sink: TextIO = sys.stdout) -> int:
    """Answer the request on `source`; returns the exit status."""
    try:
        answer = speak(json.load(source))
    except (RuntimeError, OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    json.dump(answer, sink)
    return 0


if __name__ == "__main__":
    sys.exit(main())
