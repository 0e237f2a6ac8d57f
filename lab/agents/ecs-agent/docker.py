"""Lab stand-in, not AWS's code: the part of the Docker Engine API that running tasks needs."""

import base64
import http.client
import json
import socket
import urllib.parse

SOCKET = "/run/docker.sock"


class DockerError(Exception):
    """An error of dockerd's, in its own words."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("docker", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Docker:
    def __init__(self, path=SOCKET):
        self._path = path
        version = self._json("GET", "/version")
        self.version = version["Version"]
        self.api_version = version["ApiVersion"]

    def _open(self, method, path, query, body, timeout, headers=None):
        connection = _UnixConnection(self._path, timeout)
        target = path + ("?" + urllib.parse.urlencode(query) if query else "")
        content = None if body is None else json.dumps(body)
        try:
            connection.request(method, target, content, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
        except OSError as error:
            raise DockerError(0, f"Cannot connect to the Docker daemon at {self._path}: {error}") from None
        if answer.status >= 400:
            text = answer.read().decode(errors="replace")
            connection.close()
            try:
                text = json.loads(text)["message"]
            except (ValueError, KeyError):
                pass
            raise DockerError(answer.status, text)
        return connection, answer

    def _json(self, method, path, query=None, body=None, timeout=60):
        connection, answer = self._open(method, path, query, body, timeout)
        try:
            text = answer.read()
            return json.loads(text) if text else None
        finally:
            connection.close()

    def pull(self, image, authorization=None):
        """Pulls `repository[:tag][@digest]`. Raises DockerError with the registry's answer."""
        headers = {}
        if authorization:
            headers["X-Registry-Auth"] = base64.urlsafe_b64encode(json.dumps(authorization).encode()).decode()
        name, at, digest = image.partition("@")
        tag = ""
        if not at and ":" in name.rsplit("/", 1)[-1]:
            name, tag = name.rsplit(":", 1)
        query = {"fromImage": name, "tag": digest or tag or "latest"}
        connection, answer = self._open("POST", "/images/create", query, None, 600, headers)
        try:
            for line in answer:
                if line.strip() and (error := json.loads(line).get("error")):
                    raise DockerError(answer.status, error)
        finally:
            connection.close()

    def image_id(self, image):
        """Returns the local image's id, or None."""
        try:
            return self._json("GET", f"/images/{image}/json")["Id"]
        except DockerError as error:
            if error.status == 404:
                return None
            raise

    def create(self, name, spec):
        return self._json("POST", "/containers/create", {"name": name}, spec)["Id"]

    def start(self, container):
        self._json("POST", f"/containers/{container}/start", timeout=120)

    def stop(self, container, seconds):
        try:
            self._json("POST", f"/containers/{container}/stop", {"t": seconds}, timeout=seconds + 30)
        except DockerError as error:
            # 304: stopped already; 404: gone already.
            if error.status not in (304, 404):
                raise

    def remove(self, container):
        try:
            self._json("DELETE", f"/containers/{container}", {"force": "true"})
        except DockerError as error:
            if error.status != 404:
                raise

    def inspect(self, container):
        """Returns the container as `docker inspect` shows it, or None if it does not exist."""
        try:
            return self._json("GET", f"/containers/{container}/json")
        except DockerError as error:
            if error.status == 404:
                return None
            raise
