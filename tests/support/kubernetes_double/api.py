"""The HTTP face of the cluster: routes, the bearer token, selectors, `Status` errors.

Only what the Kubernetes Python client, `k8s_job_executor` and `K8sRunLauncher` ask for; any other path is
a 404 and a watch is refused, so that a client which came to need more is noticed.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from tests.support.kubernetes_double.errors import ApiError, Json, not_found

if TYPE_CHECKING:
    from tests.support.kubernetes_double.cluster import KubernetesDouble

Query = dict[str, str]
VERSION = {"major": "1", "minor": "32", "gitVersion": "v1.32.0", "platform": "linux/amd64"}
_JOBS = r"/apis/batch/v1/namespaces/(?P<namespace>[^/]+)/jobs"
_CORE = r"/api/v1/namespaces/(?P<namespace>[^/]+)"


class ApiServer:
    """Serves one cluster on a free loopback port, to whoever shows the token."""

    def __init__(self, cluster: KubernetesDouble) -> None:
        self.token = secrets.token_urlsafe(16)
        routes = _Routes(cluster)
        token = self.token

        class Handler(_Handler):
            expected = f"Bearer {token}"
            answer = staticmethod(routes.answer)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """End serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Routes:
    """What each path answers."""

    def __init__(self, cluster: KubernetesDouble) -> None:
        self._cluster = cluster
        self._table: list[tuple[str, re.Pattern[str], Callable[..., Json | str]]] = [
            (method, re.compile(pattern + "$"), answer)
            for method, pattern, answer in (
                ("GET", r"/version/?", lambda query, body: VERSION),
                ("GET", r"/api/v1/nodes", self._nodes),
                ("POST", _JOBS, self._create_job),
                ("GET", _JOBS, self._list_jobs),
                ("GET", _JOBS + r"/(?P<name>[^/]+)(/status)?", self._read_job),
                ("DELETE", _JOBS + r"/(?P<name>[^/]+)", self._delete_job),
                ("GET", _CORE + r"/pods", self._list_pods),
                ("GET", _CORE + r"/pods/(?P<name>[^/]+)(/status)?", self._read_pod),
                ("DELETE", _CORE + r"/pods/(?P<name>[^/]+)", self._delete_pod),
                ("GET", _CORE + r"/pods/(?P<name>[^/]+)/log", self._pod_log),
                ("GET", _CORE + r"/events", self._list_events),
            )
        ]

    def answer(self, method: str, path: str, query: Query, body: Json) -> Json | str:
        if query.get("watch") in ("1", "true"):
            raise ApiError(501, "NotModelled", "the double has no watches")
        for verb, pattern, answer in self._table:
            if verb == method and (match := pattern.match(path)):
                captured = match.groupdict()
                if resource := self._cluster.forbidden.intersection(path.split("/")):
                    raise ApiError(403, "Forbidden", f"{', '.join(resource)} is forbidden: no role allows it")
                namespace = captured.pop("namespace", self._cluster.namespace)
                if namespace != self._cluster.namespace:
                    raise not_found("namespaces", namespace)
                return answer(query, body, **captured)
        raise ApiError(404, "NotFound", "the server could not find the requested resource")

    def _nodes(self, query: Query, body: Json) -> Json:
        return _listed("NodeList", "v1", [node.document() for node in self._cluster.nodes], query)

    def _create_job(self, query: Query, body: Json) -> Json:
        return self._cluster.create_job(body)

    def _list_jobs(self, query: Query, body: Json) -> Json:
        return _listed("JobList", "batch/v1", self._cluster.jobs(), query)

    def _read_job(self, query: Query, body: Json, name: str) -> Json:
        return self._cluster.job(name)

    def _delete_job(self, query: Query, body: Json, name: str) -> Json:
        propagation = query.get("propagationPolicy") or body.get("propagationPolicy") or "Orphan"
        return self._cluster.delete_job(name, propagation)

    def _list_pods(self, query: Query, body: Json) -> Json:
        return _listed("PodList", "v1", self._cluster.pods(), query)

    def _read_pod(self, query: Query, body: Json, name: str) -> Json:
        return self._cluster.pod(name)

    def _delete_pod(self, query: Query, body: Json, name: str) -> Json:
        return self._cluster.delete_pod(name)

    def _pod_log(self, query: Query, body: Json, name: str) -> str:
        lines = self._cluster.log(name).splitlines(keepends=True)
        tail = query.get("tailLines")
        return "".join(lines[-int(tail) :] if tail else lines)

    def _list_events(self, query: Query, body: Json) -> Json:
        return _listed("EventList", "v1", self._cluster.events.documents(), query)


class _Handler(BaseHTTPRequestHandler):
    """HTTP around the routes: reads JSON, checks the token, writes JSON, text or a `Status`."""

    protocol_version = "HTTP/1.1"
    expected = ""
    answer: Callable[[str, str, Query, Json], Json | str]

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""

    def _serve(self, method: str) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            if self.headers.get("Authorization") != self.expected:
                raise ApiError(401, "Unauthorized", "Unauthorized")
            query = dict(parse_qsl(parts.query))
            answer = type(self).answer(method, parts.path, query, json.loads(body or b"{}"))
            self._send(201 if method == "POST" else 200, answer)
        except ApiError as error:
            self._send(error.code, error.status())

    def _send(self, code: int, answer: Json | str) -> None:
        text = isinstance(answer, str)
        payload = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "text/plain" if text else "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)


def _listed(kind: str, version: str, documents: list[Json], query: Query) -> Json:
    for selector, value_of in (("labelSelector", _label), ("fieldSelector", _field)):
        for term in filter(None, query.get(selector, "").split(",")):
            key, equals, wanted = term.replace("==", "=").partition("=")
            if not equals or key.endswith("!"):
                raise ApiError(501, "NotModelled", f"the double has no {selector} such as {term!r}")
            documents = [doc for doc in documents if value_of(doc, key) == wanted]
    return {"apiVersion": version, "kind": kind, "metadata": {}, "items": documents}


def _label(document: Json, key: str) -> str | None:
    return (document["metadata"].get("labels") or {}).get(key)


def _field(document: Json, path: str) -> str | None:
    value: Json | str | None = document
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None
