"""What `--redact --save` leaves behind: it names nobody, and leads to the same verdict."""

import json
import re
import tempfile
from pathlib import Path

import aws
import documents
import triage
from faults import FAULTS
from standin import StandIn

# As long as AWS makes them; the healthy folder's are short, to be read.
IDS = {
    "i-0aaa": "i-0aaaaaaaaaaaaaaaa",
    "i-0bbb": "i-0bbbbbbbbbbbbbbbb",
    "AROAEXAMPLENODE": "AROAEXAMPLENODE123456",
    "AROAEXAMPLENEW": "AROAEXAMPLENEW1234567",
    "AIPAEXAMPLE": "AIPAEXAMPLE1234567890",
}
# One or two of each subject.
CHOSEN = (
    "creator-pass-role trail-nodegroup cluster-role-gone endpoint-cidrs group-subnet-gone scaling-zero template-group-gone"
    " instance-gone data-script-of-al2 data-of-another-cluster boundary profile-of-another-role entry-missing"
    " route-blackhole endpoint-policy"
).split()

ARN = re.compile(r"arn:aws:[a-z0-9-]+:[a-z0-9-]*:\d{12}:([^\s\"'\\,})]+)")
KINDS = ("role", "assumed-role", "instance-profile", "cluster", "nodegroup", "stack", "policy", "access-entry")
# Amazon's registry and owner of images, the same for everybody.
EVERYBODY = "602401143452"


def account(fault):
    docs = documents.load(documents.HEALTHY)
    text = json.dumps(fault.inject(docs) if fault else docs)
    for short, long in IDS.items():
        text = re.sub(rf"\b{short}\b", long, text)
    return json.loads(text)


def owned(docs):
    """What tells whose account this is."""
    text = json.dumps(docs)
    found = set(re.findall(r"\b\d{12}\b", text)) - {EVERYBODY}
    found |= set(re.findall(r"\bi-[0-9a-f]{17}\b|\bA(?:ROA|IPA|IDA|NPA)[A-Z0-9]{12,}\b", text))
    found |= set(re.findall(r"\b203\.0\.113\.\d+\b", text)) | set(aws.CREDENTIALS.values()) - {"test"}
    found.add(docs["describe-cluster.json"]["cluster"]["endpoint"].partition("//")[2].partition(".")[0])
    for resource in ARN.findall(text):
        kind, _, path = resource.partition("/")
        names = path.split("/")
        if kind in KINDS and not names[0].startswith("AWSServiceRole"):
            # A session and an entry's own number may be any word.
            named = {"role": names[-1:], "policy": names[-1:], "access-entry": names[:1], "nodegroup": names[:2]}
            found.update(named.get(kind, names[:1]))
    return found


def left(found, text):
    """Those of them that stand in the text as a word."""
    return sorted(it for it in found if re.search(rf"(?<![\w-]){re.escape(it)}(?![\w-])", text))


def hidden(fault):
    def test():
        wrong, docs = [], account(fault)
        with StandIn(documents.Account(docs)) as server, tempfile.TemporaryDirectory() as folder:
            live = triage.cluster(server, "--redact", "--save", folder)
            files = triage.diagnose(folder)
            found = owned(docs)
            for path in Path(folder).iterdir():
                told = left(found, f"{path.name.removesuffix('.json')}\n{path.read_text()}")
                if told:
                    wrong.append(f"{path.name} tells {told}")
            if left(found, live.out):
                wrong.append(f"the report tells {left(found, live.out)}")
            wrong += server.strange
        expected = ("healthy", None, None, None, None)
        if fault:
            expected = ("decided", fault.plane, fault.chain, fault.link, fault.fault)
        for said in (live, files):
            if said.verdict != expected:
                wrong.append(said.wrong(f"{expected} expected, as without --redact"))
        for name, (state, _) in live.links.items():
            if files.links.get(name, ("not there",))[0] != state:
                wrong.append(f"{name} is {state} live and {files.links.get(name)} from files")
        return wrong

    return test


def tells():
    """The test itself: without --redact all of it is found."""
    docs = account(None)
    with StandIn(documents.Account(docs)) as server, tempfile.TemporaryDirectory() as folder:
        triage.cluster(server, "--save", folder)
        text = "\n".join(path.read_text() for path in Path(folder).iterdir())
    found = owned(docs) - set(aws.CREDENTIALS.values())
    return [f"not saved at all, so nothing is proved of it: {it}" for it in sorted(found - set(left(found, text)))]


def cases():
    yield "redacted/told-without-it", tells
    yield "redacted/healthy", hidden(None)
    by_name = {fault.name: fault for fault in FAULTS}
    for name in CHOSEN:
        yield f"redacted/{name}", hidden(by_name[name])
