"""What cannot work: one clear sentence on stderr, the next step, and exit code 1, or 2 where the command line names nothing."""

import re
import tempfile
from pathlib import Path

import documents
import triage
from live import account
from standin import Rules, StandIn


def clear(said, *words, code=triage.COULD_NOT_RUN):
    """One to three lines of stderr, with these words, and nothing that only a programmer reads."""
    wrong = []
    lines = [line for line in said.err.splitlines() if line.strip()]
    told = " ".join(lines)
    if said.code != code or said.out.strip():
        wrong.append(said.wrong(f"exit code {code} and nothing on stdout expected"))
    for word in words:
        if not re.search(word, told, re.IGNORECASE):
            wrong.append(f"stderr lacks {word!r}: {told}")
    if not 1 <= len(lines) <= 3 or len(told) > 500:
        wrong.append(f"one clear sentence expected: {told}")
    if re.search(r"panicked|RUST_BACKTRACE|DispatchFailure|ServiceError|Some\(|Err\(", told):
        wrong.append(f"not for people: {told}")
    return wrong


def no_credentials():
    with StandIn(account()) as server, tempfile.TemporaryDirectory() as home:
        said = triage.cluster(server, credentials=False, HOME=home)
    return clear(said, "credentials", "aws sts get-caller-identity")


def expired_credentials():
    with StandIn(account(), Rules(expired=True)) as server:
        return clear(triage.cluster(server), "expired", "aws sso login|new|renew|log in")


def no_such_cluster():
    with StandIn(account()) as server:
        return clear(triage.cluster(server, name="production"), "production", "us-west-2", "list-clusters|prod")


def wrong_region():
    with StandIn(account()) as server:
        said = triage.run("cluster", "prod", "--region", "eu-central-1", "-o", "json", url=server.url)
    return clear(said, "prod", "eu-central-1", "--region|list-clusters")


def no_region():
    with StandIn(account()) as server:
        said = triage.run("cluster", "prod", "-o", "json", url=server.url, region=None)
    return clear(said, "region")


def nobody_answers():
    """Nothing listens on that port."""
    with StandIn(account()) as server:
        url = server.url
    return clear(triage.run("cluster", "prod", "--region", "us-west-2", "-o", "json", url=url), "127.0.0.1|reach|connect")


def half_written():
    """Each file of the folder in half, one at a time: named, and nothing is broken by it."""
    wrong, docs = [], documents.load(documents.HEALTHY)
    for name in docs:
        with tempfile.TemporaryDirectory() as folder:
            documents.save(docs, folder)
            path = Path(folder) / name
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
            said = triage.diagnose(folder)
        if name not in said.out + said.err:
            wrong.append(said.wrong(f"{name} is half-written, and not named"))
        broken = [link for link, (state, _) in said.links.items() if state == "broken"]
        if broken:
            wrong.append(f"broken by the half of {name}: {broken}")
    return wrong


def empty_folder():
    with tempfile.TemporaryDirectory() as folder:
        return clear(triage.diagnose(folder), re.escape(folder), code=triage.USAGE)


def no_such_folder():
    return clear(triage.diagnose("/nonexistent/of-nobody"), "/nonexistent/of-nobody", code=triage.USAGE)


def cases():
    tests = (no_credentials, expired_credentials, no_such_cluster, wrong_region, no_region, nobody_answers)
    for test in (*tests, half_written, empty_folder, no_such_folder):
        yield f"input/{test.__name__.replace('_', '-')}", test
