#!/usr/bin/env python3
"""AWS on loopback: sts, eks, ec2, iam, autoscaling, cloudformation and cloudtrail of one account.

    standin.py [--folder DIR] [--patch FILE] [--port N] [--page N] [--deny ACTION] [--throttle ACTION=N] …

The account is a folder of documents of the AWS CLI; a patch (RFC 7396) is keyed by their file names.
Ended by a signal, it prints how often each action was called.
"""

import argparse
import base64
import binascii
import collections
import hashlib
import json
import re
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import documents
from actions import ACTIONS
from model import Refusal, services

# How AWS says it: the code in EC2, in the query protocol, and in JSON; the status in each.
EXPIRED = (
    ("RequestExpired", 400),
    ("ExpiredToken", 403),
    ("ExpiredTokenException", 403),
    "The security token included in the request is expired",
)
THROTTLED = (
    ("RequestLimitExceeded", 503),
    ("Throttling", 400),
    ("ThrottlingException", 400),
    "Rate exceeded",
)
DENIED = (
    ("UnauthorizedOperation", 403),
    ("AccessDenied", 403),
    ("AccessDeniedException", 403),
    "User: {arn} is not authorized to perform: {action} because no identity-based policy allows it",
)


class Rules:
    """What is refused, though the account has it."""

    def __init__(self, deny=(), throttle=None, silent=(), expired=False, page=100):
        self.deny, self.silent, self.expired, self.page = set(deny), set(silent), expired, page
        # The first calls of an action, or of each: `*`.
        self.throttle = dict(throttle or {})
        # One call in so many of all.
        self.one_in = self.throttle.pop("every", 0)


class StandIn(ThreadingHTTPServer):
    """One account on one port of 127.0.0.1, as long as the `with` lasts."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, account, rules=None, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.account, self.rules = account, rules or Rules()
        self.calls, self.refused = collections.Counter(), collections.Counter()
        self.strange = []
        self.lock, self.ended = threading.Lock(), threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.shutdown()
        self.server_close()

    def judge(self, service, action, region):
        """Counts a call, and refuses it where the rules say so."""
        with self.lock:
            self.calls[action] += 1
            rules, total = self.rules, self.calls.total()
            kind = None
            if rules.expired:
                kind = EXPIRED
            elif any(rules.throttle.get(key, 0) >= self.calls[action] for key in (action, "*")):
                kind = THROTTLED
            elif rules.one_in and total % rules.one_in == 0:
                kind = THROTTLED
            elif action in rules.deny:
                kind = DENIED
            if kind:
                self.refused[action] += 1
        if action in self.rules.silent:
            self.ended.wait(60)
            raise ConnectionAbortedError
        if kind:
            ec2, query, plain, text = kind
            code, status = {"ec2": ec2, "query": query}.get(service.protocol, plain)
            arn = (self.account.caller or {}).get("Arn", "arn:aws:iam::111122223333:user/somebody")
            raise Refusal(code, text.format(arn=arn, action=action), status)
        if region != self.account.region and service.name not in ("iam", "sts"):
            return documents.Account({})
        return self.account

    def answer(self, method, target, headers, body):
        """Status, headers and body."""
        name, region = scope(headers)
        service = services().get(name)
        if service is None:
            self.strange.append(f"{method} {target}: no such service: {name or 'unsigned'}")
            return 404, {"Content-Type": "text/plain"}, b"no such service\n"
        try:
            operation, params = service.read(method, target, headers, body)
            action = f"{name}:{operation.name}"
            account = self.judge(service, action, region)
            if action not in ACTIONS:
                self.strange.append(f"{action} is not played")
                raise Refusal("InvalidAction", f"{action} is not played here", 400)
            check(operation.input_shape, params)
            result = ACTIONS[action](account, params)
            result = page(service, operation, params, result, self.rules.page)
            return 200, {"Content-Type": service.content_type}, service.write(operation, result, account.kept)
        except Refusal as refusal:
            if refusal.code.startswith(("InvalidParameter", "InvalidNextToken", "Unknown")):
                self.strange.append(f"{method} {target} {body[:300]!r}: {refusal}")
            more, text = service.write_refusal(refusal)
            return refusal.status, more, text


class Handler(BaseHTTPRequestHandler):
    """HTTP, kept alive."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            status, headers, text = self.server.answer(self.command, self.path, self.headers, body)
        except ConnectionAbortedError:
            self.close_connection = True
            return
        except Exception as error:  # A bug of the stand-in, which must not look like AWS.
            self.server.strange.append(f"{self.command} {self.path}: {error!r}")
            status, headers, text = 501, {"Content-Type": "text/plain"}, repr(error).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": len(text), "x-amzn-RequestId": "1"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *_):
        """Nothing: what was called is counted."""


def scope(headers):
    """Service and region of the credential's scope."""
    match = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request", headers.get("Authorization", ""))
    return (match[2], match[1]) if match else ("", "")


def check(shape, params):
    """The bounds that the model sets for numbers and lists."""
    for name, value in params.items():
        bounds = shape.members[name].metadata if shape and name in shape.members else {}
        size = len(value) if isinstance(value, (str, list)) else value if isinstance(value, int) else None
        low, high = bounds.get("min"), bounds.get("max")
        if size is not None and not isinstance(value, bool):
            if (low is not None and size < low) or (high is not None and size > high):
                text = f"Value ( {size} ) for parameter {name} is invalid: from {low} to {high}"
                raise Refusal("InvalidParameterValue", text)


def page(service, operation, params, result, most):
    """What of a list fits on a page, and the token of the next one."""
    rule = service.pages.get(operation.name)
    if rule is None or not isinstance(rule["result_key"], str):
        return result
    key, into, out = rule["result_key"], rule["input_token"], rule["output_token"]
    size = min(params.get(rule.get("limit_key"), most), most)
    asked = {name: value for name, value in params.items() if name not in (into, rule.get("limit_key"))}
    mark = hashlib.sha256(json.dumps([operation.name, asked], sort_keys=True).encode()).hexdigest()[:16]
    start = 0
    if params.get(into):
        try:
            of, _, place = base64.b64decode(params[into], validate=True).decode().partition(":")
            start = int(place) if of == mark else -1
        except (binascii.Error, ValueError):
            start = -1
        if start < 0:
            raise Refusal("InvalidNextToken", "The token is not one of this request")
    things = result[key]
    result = {**result, key: things[start : start + size]}
    more = start + size < len(things)
    if "more_results" in rule:
        result[rule["more_results"]] = more
    if more:
        result[out] = base64.b64encode(f"{mark}:{start + size}".encode()).decode()
    return result


def pair(text):
    key, _, number = text.rpartition("=")
    return key, int(number)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", default=documents.HEALTHY)
    parser.add_argument("--patch", type=argparse.FileType())
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--page", type=int, default=100)
    parser.add_argument("--deny", action="append", default=[], metavar="ACTION")
    parser.add_argument("--silent", action="append", default=[], metavar="ACTION")
    parser.add_argument("--throttle", action="append", default=[], type=pair, metavar="ACTION=N")
    parser.add_argument("--expired", action="store_true")
    chosen = parser.parse_args()
    folder = documents.load(chosen.folder)
    if chosen.patch:
        folder = documents.merge(folder, json.load(chosen.patch))
    rules = Rules(chosen.deny, chosen.throttle, chosen.silent, chosen.expired, chosen.page)
    ended = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: ended.set())
    with StandIn(documents.Account(folder), rules, chosen.port) as server:
        print(f"AWS_ENDPOINT_URL={server.url}", flush=True)
        while not ended.is_set():
            time.sleep(0.1)
    for action, count in sorted(server.calls.items()):
        print(f"{count:6} {action}")
    for line in server.strange:
        print(f"strange: {line}", file=sys.stderr)


if __name__ == "__main__":
    main()
