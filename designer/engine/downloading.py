"""Downloading: a pretrained model's weights into the cache, on the user's word.

What comes is written to `NAME.part` and takes the place `NAME` only when its checksum is right, so
that a file in the cache is always whole. A download that broke off goes on where it stopped.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import shutil
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from designer.catalog.models import PretrainedModel, weights_here, weights_path
from designer.errors import DownloadError
from designer.messages import bytes_text, tr
from designer.progress import Progress, StepNews

TIMEOUT = 15.0
"""Seconds without a single byte after which a server is given up."""

_CHUNK = 256 * 1024
_BETWEEN_NEWS = 0.1


@dataclass(frozen=True, slots=True)
class Source:
    """A file to download.

    Attributes:
        title: what the user calls it.
        url: where it lies; http or https.
        sha256: how its SHA-256 begins, in hexadecimal digits (at least 8).
        timeout: seconds without a byte after which the server is given up.
    """

    title: str
    url: str
    sha256: str
    timeout: float = TIMEOUT


def download_weights(model: PretrainedModel, progress: Progress) -> Path:
    """The weights file of `model` in the cache, downloaded if it is not there yet.

    Raises:
        DownloadError: there is no network, the server does not give the file or gives another one,
            or the disk does not take it. What came so far is kept where it can be resumed.
        Cancelled: the user cancelled; what came so far is kept.
    """
    target = weights_path(model)
    if weights_here(model):
        return target
    if not model.url:
        raise DownloadError(
            tr("The weights of {title} are missing.", title=model.title),
            tr("They come with the program: the installation is incomplete."),
            tr("Install Netgraft again."),
        )
    return download(Source(model.title, model.url, model.sha256), target, progress)


def download(source: Source, target: Path, progress: Progress) -> Path:
    """Download `source` to `target`; see `download_weights`."""
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        resumed = part.exists() and part.stat().st_size > 0
        _fetch(source, part, progress)
        if not _is_right(source, part, progress):
            part.unlink()
            if not resumed:
                raise _wrong(source)
            # What was kept may be of another file: once more from the start.
            _fetch(source, part, progress)
            if not _is_right(source, part, progress):
                part.unlink()
                raise _wrong(source)
        os.replace(part, target)
    except OSError as error:
        raise _disk_error(source, target.parent, error) from error
    return target


def _fetch(source: Source, part: Path, progress: Progress) -> None:
    """Bring the rest of the file into `part`."""
    progress.raise_if_cancelled()
    progress.report(StepNews(tr("Connecting to download {title}", title=source.title)))
    have = part.stat().st_size if part.exists() else 0
    try:
        response = _open(source, have)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and have:
            # The server has no bytes after those: the part is whole, or of another file.
            return
        raise _server_error(source, error.code, error.reason) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _no_connection(source, error) from error
    with response:
        if response.status != 206:
            have = 0
        elif not (response.headers.get("Content-Range") or "").startswith(f"bytes {have}-"):
            raise _wrong_answer(source, tr("It sent another part of the file than was asked for."))
        if response.headers.get_content_type() == "text/html":
            raise _wrong_answer(source, tr("It sent a web page instead of the file."))
        length = response.headers.get("Content-Length")
        total = have + int(length) if length and length.isdigit() else None
        _need_room(part.parent, (total or 0) - have)
        with part.open("r+b" if have else "wb") as file:
            file.seek(have)
            _receive(source, response, file, have, total, progress)
            file.flush()
            os.fsync(file.fileno())


def _open(source: Source, have: int) -> http.client.HTTPResponse:
    if not source.url.startswith(("http://", "https://")):
        raise ValueError(f"not an address to download from: {source.url!r}")
    headers = {"User-Agent": "netgraft", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(source.url, headers=headers)  # noqa: S310 - http or https, see above
    response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=source.timeout)  # noqa: S310
    if source.url.startswith("https:") and not response.geturl().startswith("https:"):
        response.close()
        raise ValueError("the server leads from https to an address that is not protected")
    return response


def _receive(
    source: Source,
    response: http.client.HTTPResponse,
    file: BinaryIO,
    have: int,
    total: int | None,
    progress: Progress,
) -> None:
    """Write all that comes. Raises DownloadError when it ends before `total` bytes."""
    began, at_start, told = time.monotonic(), have, 0.0
    while True:
        progress.raise_if_cancelled()
        try:
            # read1 returns what is there, so that a slow server does not keep a cancel waiting
            chunk = response.read1(_CHUNK)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _broken_off(source, have, total, error) from error
        if not chunk:
            break
        file.write(chunk)
        have += len(chunk)
        now = time.monotonic()
        if now - told < _BETWEEN_NEWS and have != total:
            continue
        told = now
        speed = (have - at_start) / max(now - began, 1e-3)
        progress.report(StepNews(_news(source, have, total, speed), have / total if total else None))
    if total is not None and have < total:
        raise _broken_off(source, have, total, None)


def _news(source: Source, have: int, total: int | None, speed: float) -> str:
    return tr(
        "Downloading {title}: {have} of {total}, {speed}/s",
        title=source.title,
        have=bytes_text(have),
        total=bytes_text(total) if total else "?",
        speed=bytes_text(round(speed)),
    )


def _is_right(source: Source, part: Path, progress: Progress) -> bool:
    progress.report(StepNews(tr("Checking {title}", title=source.title)))
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while chunk := file.read(4 * 1024 * 1024):
            progress.raise_if_cancelled()
            digest.update(chunk)
    return digest.hexdigest().startswith(source.sha256.lower())


def _need_room(folder: Path, needed: int) -> None:
    if shutil.disk_usage(folder).free < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _failed(source: Source) -> str:
    return tr("{title} could not be downloaded.", title=source.title)


def _by_hand(source: Source) -> str:
    return tr("or get {url} elsewhere and open it as weights from a file.", url=source.url)


def _no_connection(source: Source, error: BaseException) -> DownloadError:
    reason = getattr(error, "reason", error)
    if isinstance(reason, ssl.SSLCertVerificationError):
        why = tr("The server's certificate could not be checked: {reason}.", reason=reason.verify_message)
        remedy = tr("Check this computer's clock and certificates,")
    elif isinstance(reason, TimeoutError):
        why = tr("The server did not answer within {seconds} seconds.", seconds=round(source.timeout, 1))
        remedy = tr("Try again later,")
    else:
        detail = getattr(reason, "strerror", None) or reason
        why = tr("There is no connection to the server ({reason}).", reason=detail)
        remedy = tr("Check the network connection and try again,")
    return DownloadError(_failed(source), why, f"{remedy} {_by_hand(source)}")


def _server_error(source: Source, code: int, reason: object) -> DownloadError:
    if code in (404, 410):
        why = tr("The server no longer has the file (answer {code}).", code=code)
        remedy = tr("Update Netgraft,")
    else:
        why = tr("The server refused with answer {code} ({reason}).", code=code, reason=reason)
        remedy = tr("Try again later,")
    return DownloadError(_failed(source), why, f"{remedy} {_by_hand(source)}")


def _wrong_answer(source: Source, why: str) -> DownloadError:
    remedy = tr("Check that no log-in page stands between this computer and the network,")
    return DownloadError(_failed(source), why, f"{remedy} {_by_hand(source)}")


def _broken_off(source: Source, have: int, total: int | None, error: BaseException | None) -> DownloadError:
    size = bytes_text(total) if total else "?"
    if isinstance(error, TimeoutError):
        why = tr(
            "Nothing came for {seconds} seconds, after {have} of {total}.",
            seconds=round(source.timeout, 1),
            have=bytes_text(have),
            total=size,
        )
    else:
        why = tr("The connection broke off after {have} of {total}.", have=bytes_text(have), total=size)
    remedy = tr("Try again: it goes on where it stopped;")
    return DownloadError(_failed(source), why, f"{remedy} {_by_hand(source)}")


def _wrong(source: Source) -> DownloadError:
    return DownloadError(
        _failed(source),
        tr("What came is not the promised file: its checksum is wrong. It was deleted."),
        tr("Try again later,") + " " + _by_hand(source),
    )


def _disk_error(source: Source, folder: Path, error: OSError) -> DownloadError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        why = tr("The disk with {folder} is full.", folder=folder)
        remedy = tr("Make room, or set NETGRAFT_CACHE to a folder on another disk, and try again.")
    else:
        why = tr("{folder} cannot be written ({reason}).", folder=folder, reason=error.strerror or error)
        remedy = tr("Set NETGRAFT_CACHE to a folder that you may write, and try again.")
    return DownloadError(_failed(source), why, remedy)
