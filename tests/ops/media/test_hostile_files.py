"""Files that want to lead FFmpeg elsewhere, or to exhaust the machine."""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ops.errors import MediaError
from ops.media.container import MAX_PIXELS, film_stream, open_media
from ops.media.ffmpeg import run_ffmpeg
from ops.media.gate import require_film
from ops.media.probe import probe
from tests.ops.media.witness import ffmpeg


@pytest.fixture
def visited() -> Iterator[tuple[str, list[str]]]:
    """The address of a web server on loopback, and the paths that were asked of it."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", paths
    server.shutdown()
    server.server_close()


PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{target}\n#EXT-X-ENDLIST\n",
    "hls after blank lines": "\n\n  #EXTM3U\n#EXTINF:10,\n{target}\n",
    "hls with a byte order mark": "\ufeff#EXTM3U\n#EXTINF:10,\n{target}\n",
    "ffconcat": "ffconcat version 1.0\nfile '{target}'\n",
    "concat": "file '{target}'\n",
    "pls": "[playlist]\nFile1={target}\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{target}</BaseURL></MPD>',
    "smil": '<smil><body><video src="{target}"/></body></smil>',
    "asx": '<asx version="3.0"><entry><ref href="{target}"/></entry></asx>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "an address": "{target}",
    "html": "<!DOCTYPE html><html><video src='{target}'></video></html>",
}


@pytest.mark.parametrize("kind", PLAYLISTS)
@pytest.mark.parametrize("name", ["film.mp4", "film.m3u8"])
def test_a_file_that_points_elsewhere_is_refused_and_never_followed(
    tmp_path: Path, visited: tuple[str, list[str]], kind: str, name: str
):
    address, paths = visited
    bait = tmp_path / name
    bait.write_text(PLAYLISTS[kind].format(target=f"{address}/stolen.ts"))

    for reader in (probe, require_film):
        with pytest.raises(MediaError, match="not a film"):
            reader(bait)

    assert paths == []


def test_a_playlist_of_local_files_opens_none_of_them(data: Path, tmp_path: Path):
    bait = tmp_path / "film.mp4"
    bait.write_text(PLAYLISTS["ffconcat"].format(target=data / "video" / "bikes_640x272.mp4"))

    with pytest.raises(MediaError, match="list of files"):
        require_film(bait)


def test_ffmpeg_itself_is_kept_from_the_network_too(tmp_path: Path, visited: tuple[str, list[str]]):
    address, paths = visited
    bait = tmp_path / "film.m3u8"
    bait.write_text(PLAYLISTS["hls"].format(target=f"{address}/stolen.ts"))

    for source in (bait, f"{address}/film.mp4"):
        with pytest.raises(MediaError):
            run_ffmpeg(["-i", source, "-f", "null", "-"], timeout_s=20)

    assert paths == []


def gif(width: int, height: int) -> bytes:
    """A GIF that announces a screen of that size and holds one picture of one pixel."""
    pixel = b"\x2c" + struct.pack("<4HB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    colours = b"\x00\x00\x00\xff\xff\xff"
    return b"GIF89a" + struct.pack("<2H3B", width, height, 0x80, 0, 0) + colours + pixel * 3 + b"\x3b"


@pytest.mark.parametrize("size", [(65535, 65535), (20000, 20000), (65535, 16)])
def test_a_bomb_is_told_by_its_header_and_not_unpacked(tmp_path: Path, size: tuple[int, int]):
    bomb = tmp_path / "bomb.gif"
    bomb.write_bytes(gif(*size))
    began = time.monotonic()

    with pytest.raises(MediaError, match=r"65535x16, beyond the limit|beyond what can be decoded"):
        require_film(bomb)

    assert time.monotonic() - began < 90


def test_a_film_of_larger_pictures_than_a_machine_can_hold_is_refused_before_it_is_decoded(tmp_path: Path):
    bomb = tmp_path / "bomb.nut"
    ffmpeg("-f", "lavfi", "-i", "color=s=12000x6000:d=0.04,format=monow", "-c:v", "rawvideo", bomb)

    for reader in (probe, require_film):
        with pytest.raises(MediaError, match="12000x6000, beyond the limit of 67 megapixels"):
            reader(bomb)


def test_a_decoder_refuses_pictures_that_grow_beyond_the_limit_midway(data: Path):
    with open_media(data / "video" / "bikes_640x272.mp4") as container:
        film = film_stream(container)

        assert film is not None
        assert film.codec_context.options["max_pixels"] == str(MAX_PIXELS)


def test_an_archive_or_a_document_is_called_by_its_name(tmp_path: Path):
    named = {"a PDF document": b"%PDF-1.7\n\x00", "a ZIP archive": b"PK\x03\x04\x00\x00", "a program": b"\x7fELF\x00"}

    for name, content in named.items():
        (tmp_path / "film.mp4").write_bytes(content)
        with pytest.raises(MediaError, match=f"it is {name}, not a film"):
            require_film(tmp_path / "film.mp4")


def test_a_raw_stream_is_told_how_to_become_a_film(data: Path, tmp_path: Path):
    raw = tmp_path / "film.h264"
    ffmpeg("-i", data / "video" / "one_frame.mp4", "-c", "copy", raw)

    with pytest.raises(MediaError, match=r"raw H\.264 stream without timestamps") as refusal:
        require_film(raw)

    assert "ffmpeg -framerate" in refusal.value.fix


def test_a_still_picture_in_an_mp4_box_is_no_film(data: Path):
    with pytest.raises(MediaError, match="an AVIF picture"):
        require_film(data / "images" / "odd" / "gradient.avif")
