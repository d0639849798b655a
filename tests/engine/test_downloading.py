"""Downloading, against a server on loopback that is good, broken, slow or lying."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from designer import settings
from designer.catalog.models import MODELS, weights_path
from designer.engine import downloading
from designer.engine.downloading import Source, download, download_weights
from designer.errors import Cancelled, DownloadError
from designer.progress import Recording, Silent, StepNews

CONTENT = bytes(range(256)) * 4096  # 1 MiB
SHA = hashlib.sha256(CONTENT).hexdigest()[:8]


@dataclass
class Behaviour:
    """How the server behaves.

    Attributes:
        ranges: it knows Range.
        content: what it sends.
        stop_after: bytes after which it hangs up, promising more; None: never.
        stall: it sends half, then nothing until `go_on` is set.
        status: it answers with that error.
        kind: media type.
        length: the length it states, when not the true one.
        redirect: it sends on to there first.
    """

    ranges: bool = True
    content: bytes = CONTENT
    stop_after: int | None = None
    stall: bool = False
    status: int = 200
    kind: str = "application/octet-stream"
    length: int | None = None
    redirect: str = ""
    wrong_range: bool = False
    go_on: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *values):
        pass

    def do_GET(self):
        how = self.server.behaviour
        given = self.headers.get("Range")
        how.asked.append((self.path, given))
        if how.redirect and self.path != how.redirect:
            self.send_response(302)
            self.send_header("Location", how.redirect)
            self.end_headers()
            return
        if how.status != 200:
            self.send_error(how.status)
            return
        start = int(given.removeprefix("bytes=").rstrip("-")) if given and how.ranges else 0
        if start and start >= len(how.content):
            self.send_error(416)
            return
        rest = how.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", how.kind)
        self.send_header("Content-Length", str(how.length or len(rest)))
        if start:
            begin = 0 if how.wrong_range else start
            self.send_header("Content-Range", f"bytes {begin}-{len(how.content) - 1}/{len(how.content)}")
        self.end_headers()
        if how.stop_after is not None:
            rest = rest[: how.stop_after]
        half = len(rest) // 2 if how.stall else len(rest)
        how.sent.append(len(rest))
        self.wfile.write(rest[:half])
        self.wfile.flush()
        if how.stall:
            how.go_on.wait(20)
        with contextlib.suppress(OSError):  # the client hung up, as it should when it is cancelled
            self.wfile.write(rest[half:])


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    running.behaviour = Behaviour()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield running
    running.behaviour.go_on.set()
    running.shutdown()
    running.server_close()
    thread.join(10)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "weights" / "net-12345678.pth"


def source(server, sha=SHA, timeout=10.0):
    return Source("Net", f"http://127.0.0.1:{server.server_address[1]}/net.pth", sha, timeout)


def part_of(target):
    return target.with_name(target.name + ".part")


def fails(server, target, progress=None, **changes):
    """The error of a download, after checking that nothing was put in the file's place."""
    with pytest.raises(DownloadError) as caught:
        download(source(server, **changes), target, progress or Silent())
    assert not target.exists()
    error = caught.value
    assert error.what == "Net could not be downloaded."
    assert error.why
    assert error.remedy
    return error


class TestGood:
    def test_the_file_is_whole_and_the_part_is_gone(self, server, target):
        assert download(source(server), target, Silent()) == target
        assert target.read_bytes() == CONTENT
        assert [path.name for path in target.parent.iterdir()] == [target.name]

    def test_news_count_up_to_one_and_say_the_speed(self, server, target):
        progress = Recording()
        download(source(server), target, progress)
        news = [n for n in progress.news if isinstance(n, StepNews)]
        shares = [n.done for n in news if n.done is not None]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert any("/s" in n.text and "1.0 MB" in n.text for n in news)

    def test_a_redirect_is_followed(self, server, target):
        server.behaviour.redirect = "/moved/net.pth"
        download(source(server), target, Silent())
        assert [path for path, _ in server.behaviour.asked] == ["/net.pth", "/moved/net.pth"]
        assert target.read_bytes() == CONTENT

    def test_weights_go_into_the_cache_and_are_fetched_once(self, server):
        given = source(server)
        model = replace(MODELS["resnet18"], url=given.url, sha256=SHA, file_name="net-12345678.pth")
        path = download_weights(model, Silent())
        assert path == settings.cache_folder() / "weights" / "net-12345678.pth"
        assert download_weights(model, Silent()) == path
        assert len(server.behaviour.asked) == 1

    def test_bundled_weights_are_never_downloaded(self):
        model = MODELS["efficientnet_lite0"]
        assert download_weights(model, Silent()) == weights_path(model)
        with pytest.raises(DownloadError, match="Install Netgraft again"):
            download_weights(replace(model, file_name="absent.pth"), Silent())


class TestResuming:
    def broken(self, server, target, after=300_000):
        server.behaviour.stop_after = after
        error = fails(server, target)
        server.behaviour.stop_after = None
        assert part_of(target).read_bytes() == CONTENT[:after]
        return error

    def test_a_broken_connection_keeps_what_came_and_says_so(self, server, target):
        error = self.broken(server, target)
        assert "broke off after 300.0 kB of 1.0 MB" in error.why
        assert "goes on where it stopped" in error.remedy

    def test_it_goes_on_where_it_stopped(self, server, target):
        self.broken(server, target)
        download(source(server), target, Silent())
        assert target.read_bytes() == CONTENT
        assert server.behaviour.asked[-1][1] == "bytes=300000-"
        assert server.behaviour.sent[-1] == len(CONTENT) - 300_000

    def test_a_server_without_ranges_is_read_from_the_start(self, server, target):
        self.broken(server, target)
        server.behaviour.ranges = False
        download(source(server), target, Silent())
        assert target.read_bytes() == CONTENT

    def test_a_whole_part_is_taken_as_it_is(self, server, target):
        target.parent.mkdir()
        part_of(target).write_bytes(CONTENT)
        download(source(server), target, Silent())
        assert target.read_bytes() == CONTENT

    def test_a_part_of_another_file_is_fetched_anew(self, server, target):
        target.parent.mkdir()
        part_of(target).write_bytes(b"\xff" * 5000)
        download(source(server), target, Silent())
        assert target.read_bytes() == CONTENT

    def test_a_part_longer_than_the_file_is_fetched_anew(self, server, target):
        target.parent.mkdir()
        part_of(target).write_bytes(CONTENT + b"more")
        download(source(server), target, Silent())
        assert target.read_bytes() == CONTENT

    def test_another_range_than_asked_for_is_refused(self, server, target):
        self.broken(server, target)
        server.behaviour.wrong_range = True
        assert "another part" in fails(server, target).why


class TestSlow:
    def test_a_cancel_takes_effect_within_one_chunk_and_keeps_the_part(self, server, target):
        progress = Recording(cancel_after=3)
        with pytest.raises(Cancelled):
            download(source(server), target, progress)
        assert not target.exists()
        assert 0 < part_of(target).stat().st_size <= 2 * downloading._CHUNK
        download(source(server), target, Silent())
        assert target.read_bytes() == CONTENT

    def test_a_stall_ends_at_the_timeout_and_keeps_the_part(self, server, target):
        server.behaviour.stall = True
        error = fails(server, target, timeout=0.3)
        assert "Nothing came for 0.3 seconds, after 524.3 kB of 1.0 MB" in error.why
        assert part_of(target).read_bytes() == CONTENT[: len(CONTENT) // 2]

    def test_a_server_that_never_answers_ends_at_the_timeout(self, target, monkeypatch):
        import socket

        monkeypatch.setenv("no_proxy", "127.0.0.1")
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/net.pth"
            with pytest.raises(DownloadError, match=r"did not answer within 0\.3 seconds"):
                download(Source("Net", url, SHA, 0.3), target, Silent())


class TestLying:
    def test_wrong_bytes_are_deleted(self, server, target):
        server.behaviour.content = b"\0" * len(CONTENT)
        assert "checksum is wrong" in fails(server, target).why
        assert list(target.parent.iterdir()) == []

    def test_wrong_bytes_after_resuming_are_asked_for_once_more_only(self, server, target):
        target.parent.mkdir()
        part_of(target).write_bytes(CONTENT[:1000])
        server.behaviour.content = b"\0" * len(CONTENT)
        assert "checksum is wrong" in fails(server, target).why
        assert len(server.behaviour.asked) == 2
        assert list(target.parent.iterdir()) == []

    def test_a_length_that_is_too_great_is_a_broken_connection(self, server, target):
        server.behaviour.length = len(CONTENT) + 10
        assert "broke off" in fails(server, target).why

    def test_a_length_that_is_too_small_is_a_wrong_file(self, server, target):
        server.behaviour.length = len(CONTENT) - 10
        assert "checksum is wrong" in fails(server, target).why

    def test_a_web_page_is_not_weights(self, server, target):
        server.behaviour.kind = "text/html; charset=utf-8"
        error = fails(server, target)
        assert "web page" in error.why
        assert "log-in page" in error.remedy

    @pytest.mark.parametrize(("status", "why"), [(404, "no longer has"), (500, "500"), (403, "403")])
    def test_a_refusal_is_told_with_its_number(self, server, target, status, why):
        server.behaviour.status = status
        error = fails(server, target)
        assert why in error.why
        assert "weights from a file" in error.remedy
        assert list(target.parent.iterdir()) == []

    def test_an_endless_redirect_ends(self, server, target):
        server.behaviour.redirect = "/elsewhere"
        server.RequestHandlerClass = type("Loop", (Handler,), {"do_GET": _redirect_to_itself})
        assert fails(server, target).why


def _redirect_to_itself(handler):
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.end_headers()


class TestNoNetworkAndNoDisk:
    def test_no_server_gives_the_remedy(self, server, target):
        given = source(server)
        server.shutdown()
        server.server_close()
        with pytest.raises(DownloadError) as caught:
            download(given, target, Silent())
        assert "no connection" in caught.value.why
        assert "weights from a file" in caught.value.remedy

    def test_an_unknown_host_gives_the_remedy(self, target, monkeypatch):
        import socket

        def unknown(*values, **named):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        with pytest.raises(DownloadError, match="weights from a file"):
            download(Source("Net", "https://weights.invalid/net.pth", SHA), target, Silent())

    def test_an_address_of_another_kind_is_refused(self, tmp_path, target):
        (tmp_path / "secret").write_bytes(CONTENT)
        with pytest.raises(DownloadError):
            download(Source("Net", (tmp_path / "secret").as_uri(), SHA), target, Silent())
        assert not target.exists()

    def test_a_folder_that_cannot_be_made_is_named(self, server, tmp_path):
        (tmp_path / "weights").write_text("a file where the folder should be")
        with pytest.raises(DownloadError) as caught:
            download(source(server), tmp_path / "weights" / "net.pth", Silent())
        assert str(tmp_path / "weights") in caught.value.why
        assert "NETGRAFT_CACHE" in caught.value.remedy

    def test_a_full_disk_is_seen_before_anything_is_written(self, server, target, monkeypatch):
        monkeypatch.setattr(downloading.shutil, "disk_usage", lambda folder: SimpleNamespace(free=1000))
        error = fails(server, target)
        assert "is full" in error.why
        assert "Make room" in error.remedy
        assert not part_of(target).exists()

    def test_a_disk_that_fills_up_midway_leaves_no_file(self, server, target, monkeypatch):
        def full(number):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(downloading.os, "fsync", full)
        assert "is full" in fails(server, target).why
