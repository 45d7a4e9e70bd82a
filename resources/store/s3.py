"""A store in S3: multipart uploads, which show nothing until they are complete; small objects in one request."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

from ops.errors import StoreError
from resources.settings import S3Location
from resources.store.backend import Entry, Staged

__all__ = ["S3Backend"]

_PART = 16 << 20  # 16 MiB: 10,000 parts reach 156 GiB, boto3 enlarges them beyond
_AT_ONCE = 8
_DELETE_LIMIT = 1000  # keys a DeleteObjects request takes


class S3Backend:
    """Objects below a bucket's prefix.

    Args:
        client: A boto3 S3 client (dagster-aws's `S3Resource.get_client()`).
        location: Bucket and prefix.
        part_bytes: Files above this are uploaded in parts of this size (S3's least is 5 MiB).

    Raises:
        StoreError: The bucket does not exist or refuses these credentials.
    """

    def __init__(self, client: Any, location: S3Location, *, part_bytes: int = _PART) -> None:
        self._client = client
        self._bucket = location.bucket
        self._prefix = f"{location.prefix}/" if location.prefix else ""
        self._where = str(location)
        self._transfer = TransferConfig(
            multipart_threshold=part_bytes, multipart_chunksize=part_bytes, max_concurrency=4
        )
        with self._explained():
            client.head_bucket(Bucket=self._bucket)

    @property
    def where(self) -> str:
        """The s3:// address."""
        return self._where

    def put_files(self, files: Mapping[str, Staged], scratch: str, alive: Callable[[], None]) -> None:
        """See Backend."""
        with ThreadPoolExecutor(min(_AT_ONCE, max(1, len(files)))) as pool:
            list(pool.map(lambda item: self._upload(item[0], item[1], alive), files.items()))

    def _upload(self, name: str, staged: Staged, alive: Callable[[], None]) -> None:
        with self._explained(name):
            self._client.upload_file(
                str(staged.path),
                self._bucket,
                self._key(name),
                Config=self._transfer,
                Callback=lambda _sent: alive(),
                # A version's files never change, so that whoever serves the bucket may keep them for ever.
                ExtraArgs={"ContentType": staged.media_type, "CacheControl": "public, max-age=31536000, immutable"},
            )
        now = staged.path.stat()
        if (now.st_size, now.st_mtime_ns) != (staged.size_bytes, staged.modified_ns):
            raise StoreError("changed while it was published", where=staged.path, fix="Publish a finished file.")

    def put_bytes(self, name: str, content: bytes, scratch: str) -> None:
        """See Backend."""
        with self._explained(name):
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._key(name),
                Body=content,
                ContentType="application/json",
                CacheControl="no-cache",
            )

    def touch(self, name: str) -> None:
        """See Backend."""
        self.put_bytes(name, b"", "")

    def read(self, name: str) -> bytes | None:
        """See Backend."""
        with self._explained(name):
            try:
                return self._client.get_object(Bucket=self._bucket, Key=self._key(name))["Body"].read()
            except self._client.exceptions.NoSuchKey:
                return None

    def download(self, name: str, to: Path) -> None:
        """See Backend."""
        with self._explained(name):
            self._client.download_file(self._bucket, self._key(name), str(to), Config=self._transfer)

    def entries(self, prefix: str) -> list[Entry]:
        """See Backend."""
        found: list[Entry] = []
        with self._explained(prefix):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._key(prefix)):
                for each in page.get("Contents", ()):
                    name = each["Key"].removeprefix(self._prefix)
                    found.append(Entry(name, each["Size"], each["LastModified"].timestamp()))
        return found

    def delete(self, names: Sequence[str]) -> None:
        """See Backend."""
        for start in range(0, len(names), _DELETE_LIMIT):
            keys = [{"Key": self._key(name)} for name in names[start : start + _DELETE_LIMIT]]
            with self._explained(names[start]):
                answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True})
            for error in answer.get("Errors", ()):
                raise StoreError(
                    f"cannot be removed ({error.get('Code')})",
                    where=error.get("Key"),
                    fix="Allow s3:DeleteObject.",
                )

    def delete_tree(self, prefix: str) -> None:
        """See Backend."""
        self.delete([entry.name for entry in self.entries(prefix)])
        with self._explained(prefix):
            pages = self._client.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._key(prefix)):
                for each in page.get("Uploads", ()):
                    with contextlib.suppress(self._client.exceptions.NoSuchUpload):
                        self._client.abort_multipart_upload(
                            Bucket=self._bucket, Key=each["Key"], UploadId=each["UploadId"]
                        )

    def local(self, name: str) -> Path | None:
        """See Backend."""
        return None

    def _key(self, name: str) -> str:
        return f"{self._prefix}{name}"

    @contextlib.contextmanager
    def _explained(self, name: str = ""):
        where = f"{self._where}/{name}".rstrip("/")
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in ("404", "NoSuchKey"):
                what, fix = "is missing", "Read the manifest again, or make the bucket."
            elif code == "NoSuchBucket":
                what, fix = "the bucket does not exist", "Make it, or set SHOWRUNNER_STORE to another."
            elif code in ("403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"):
                what, fix = f"S3 refuses access ({code})", "Check SHOWRUNNER_S3_ACCESS_KEY_ID and its secret."
            else:
                what, fix = f"S3 answers with an error ({error})", "Retry; see the S3 service's health."
            raise StoreError(what, where=where, fix=fix) from error
        except (BotoCoreError, Boto3Error) as error:
            raise StoreError(
                f"S3 cannot be reached ({error})",
                where=where,
                fix="Check SHOWRUNNER_S3_ENDPOINT_URL, keys and network.",
            ) from error
