"""Lab stand-in, not AWS's code: how the lab's agents call AWS's JSON APIs (Signature Version 4)."""

import configparser
import datetime
import hashlib
import hmac
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request

CREDENTIALS = "/root/.aws/credentials"


class ApiError(Exception):
    """AWS's answer to a refused call: `code` is the error's name, such as InvalidActivation."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


def node_credentials():
    """Returns (access key id, secret, session token) as the SSM agent keeps them on the node, or None."""
    parser = configparser.ConfigParser()
    if not parser.read(CREDENTIALS) or not parser.has_section("default"):
        return None
    profile = parser["default"]
    return profile["aws_access_key_id"], profile["aws_secret_access_key"], profile["aws_session_token"]


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signed_headers(url, body, headers, credentials, region, service):
    """Returns the headers plus those of Signature Version 4 (IAM user guide, "Create a signed AWS API request")."""
    key_id, secret, token = credentials
    now = datetime.datetime.now(datetime.timezone.utc)
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    parts = urllib.parse.urlsplit(url)
    headers = {**headers, "host": parts.netloc, "x-amz-date": stamp, "x-amz-security-token": token}
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    names = ";".join(sorted(lower))
    canonical = "\n".join(
        ["POST", parts.path or "/", parts.query]
        + [f"{name}:{lower[name]}" for name in sorted(lower)]
        + ["", names, hashlib.sha256(body).hexdigest()]
    )
    scope = f"{day}/{region}/{service}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in (day, region, service, "aws4_request"):
        key = _hmac(key, part)
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


def post(url, payload, headers, timeout=15):
    """Posts JSON and returns the decoded answer. Raises ApiError."""
    request = urllib.request.Request(url, json.dumps(payload).encode(), headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            text = answer.read()
            return json.loads(text) if text else {}
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        try:
            said = json.loads(text)
        except ValueError:
            said = {}
        code = str(said.get("__type", f"HTTP{error.code}")).rsplit("#", 1)[-1]
        raise ApiError(code, said.get("message") or said.get("Message") or text) from None
    except (urllib.error.URLError, OSError, http.client.HTTPException) as error:
        raise ApiError("RequestError", f"send request failed, caused by: Post {url}: {error}") from None


def call(region, service, target, payload, url=None, credentials=None, timeout=15):
    """Makes a signed call. `target`: the X-Amz-Target, such as AmazonSSM.UpdateInstanceInformation; None: no header."""
    url = url or f"https://{service}.{region}.amazonaws.com/"
    credentials = credentials or node_credentials()
    if credentials is None:
        raise ApiError("NoCredentialProviders", f"no valid credentials in {CREDENTIALS}")
    body = json.dumps(payload).encode()
    headers = {"content-type": "application/x-amz-json-1.1"}
    if target:
        headers["x-amz-target"] = target
    headers = signed_headers(url, body, headers, credentials, region, service)
    headers.pop("host")
    return post(url, payload, headers, timeout)
