"""GET /media/…: published bytes, for ever the same at their address."""

from __future__ import annotations

import hmac
import time
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import FileResponse, Response

from ops.errors import StoreError
from ops.thumbnails.aspect import Aspect
from resources.store.model import Manifest, StoredFile
from serving.api.parameters import TheEdge
from serving.edge import Edge
from serving.fallback import fallback
from serving.leading_files import addressed, leading_type
from serving.media_links import HASH_DIGITS, MediaAddress, parse_media_path
from serving.problems import ProblemError, problems
from serving.withheld import may_be_shown

__all__ = ["router"]

_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
    # Nothing published may run as a page of ours, whatever is in it.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
_FALLBACKS = {f"fallback.{aspect}.jpg": aspect for aspect in Aspect}

router = APIRouter(tags=["media"])

_Hash = Annotated[str, Path(pattern=f"^[0-9a-f]{{{HASH_DIGITS}}}$", description="First 128 bits of the SHA-256.")]
_Path = Annotated[str, Path(max_length=500, description="title/asset/version/file", examples=["fallback.16x9.jpg"])]
_BYTES = {
    "headers": {"ETag": {"schema": {"type": "string"}}},
    "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
}


@router.get(
    "/media/{sha}/{path:path}",
    summary="A published file",
    response_class=Response,
    responses={
        200: {"description": "The bytes.", **_BYTES},
        206: {"description": "The bytes that `Range` asked for.", **_BYTES},
        304: {"description": "You have them (`If-None-Match`)."},
        400: {"description": "A `Range` that cannot be read.", "content": {"text/plain": {}}},
        416: {"description": "A `Range` beyond the end.", "content": {"text/plain": {}}},
        **problems(403, 404, 422, 503),
    },
)
@router.head("/media/{sha}/{path:path}", include_in_schema=False)
def media(  # noqa: PLR0917  (FastAPI passes them by name)
    request: Request,
    edge: TheEdge,
    sha: _Hash,
    path: _Path,
    expires: Annotated[int | None, Query(ge=0, le=1 << 40, description="End of a signed address (Unix time).")] = None,
    signature: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="Of a signed address.")] = None,
) -> Response:
    """Answers with the bytes, whose hash stands in the address; `Range`, `If-None-Match` and `If-Range` work.

    Addresses are those that other operations give; where the operator set a secret, they are signed and end.
    """
    if not edge.links.holds(request.scope["raw_path"].decode("ascii", "replace"), expires, signature):
        raise ProblemError(403, "The address is not signed, or it has ended; ask for it again.")
    if path in _FALLBACKS:
        return _fallback(request, _FALLBACKS[path], sha)
    address = parse_media_path(path)
    manifest = None if address is None else _manifest(edge, address)
    if address is None or manifest is None:
        raise ProblemError(404, "There is no such file, or its version is not kept any more.")
    stored = next((file for file in manifest.files if file.name == address.file), None)
    if stored is None or not hmac.compare_digest(stored.sha256[:HASH_DIGITS], sha):
        raise ProblemError(404, "There is no such file, or its version is not kept any more.")
    if not may_be_shown(manifest, stored.name, edge.reviews, edge.store):
        raise ProblemError(
            404, "It was rejected by a person, or waits for a person's approval.", {"Cache-Control": "no-store"}
        )
    if leading_type(stored.name):
        return _leading(request, edge, manifest, stored, path=path, expires=expires)
    headers = {**_HEADERS, "ETag": f'"{stored.sha256}"'}
    if _is_known(request, stored.sha256):
        return Response(status_code=304, headers=headers)
    return FileResponse(edge.store.fetch(manifest, stored.name), media_type=stored.media_type, headers=headers)


@router.options("/media/{sha}/{path:path}", include_in_schema=False)
def media_preflight() -> Response:
    """What a player on another site may send: a range, and what it has."""
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=headers)


def _leading(
    request: Request, edge: Edge, manifest: Manifest, stored: StoredFile, *, path: str, expires: int | None
) -> Response:
    """A playlist, with the addresses of the files that it names: for one address always the same, too."""
    files = {file.name: file for file in manifest.files}

    def address(name: str) -> str | None:
        file = files.get(name)
        if file is None or not may_be_shown(manifest, name, edge.reviews, edge.store):
            return None
        return edge.links.beside(path, manifest.key, manifest.version, file=name, sha=file.sha256, expires=expires)

    text = edge.store.fetch(manifest, stored.name).read_text(encoding="utf-8")
    content = addressed(text, stored.name, address).encode()
    told = sha256(content).hexdigest()
    headers = {**_HEADERS, "ETag": f'"{told}"'}
    if edge.settings.media_secret is not None:  # what it names ends with it
        headers["Cache-Control"] = f"public, max-age={max(0, (expires or 0) - int(time.time()))}, immutable"
    if _is_known(request, told):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=leading_type(stored.name), headers=headers)


def _manifest(edge: Edge, address: MediaAddress) -> Manifest | None:
    try:
        return edge.store.manifest(address.key, address.version)
    except StoreError as error:
        raise ProblemError(503, "The file is out of reach; try again.", {"Retry-After": "5"}) from error


def _fallback(request: Request, aspect: Aspect, sha: str) -> Response:
    picture = fallback(aspect)
    if picture.sha256[:HASH_DIGITS] != sha:
        raise ProblemError(404, "There is no such file, or its version is not kept any more.")
    headers = {**_HEADERS, "ETag": f'"{picture.sha256}"'}
    if _is_known(request, picture.sha256):
        return Response(status_code=304, headers=headers)
    return Response(picture.content, media_type="image/jpeg", headers=headers)


def _is_known(request: Request, sha: str) -> bool:
    asked = request.headers.get("if-none-match", "")
    return asked.strip() == "*" or f'"{sha}"' in asked
