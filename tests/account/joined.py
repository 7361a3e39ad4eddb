"""What agents saw on nodes, beside what the account says: `cluster --reports`, and `diagnose` on both folders."""

import base64
import copy
import hashlib
import json
import ssl
import shutil
import tempfile
from pathlib import Path

import documents
import triage
from faults import FAULTS, ROLE
from live import account, alike
from standin import StandIn

RECORDINGS = triage.ROOT / "tests/recordings"
# Of the recordings, and of the account.
RECORDED, ONE, OTHER = "i-0abc123def4567890", "i-0aaa", "i-0bbb"
CLUSTER = json.loads((documents.HEALTHY / "describe-cluster.json").read_text())["cluster"]
AUTHORITY = base64.b64decode(CLUSTER["certificateAuthority"]["data"]).decode()
# What the recordings' node was told of its cluster, and what this account's would be.
OF_CLUSTER = {
    "10.100.0.": "172.20.0.",
    "ABCDEF.gr7.us-west-2.eks.amazonaws.com": CLUSTER["endpoint"].removeprefix("https://"),
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": hashlib.sha256(
        ssl.PEM_cert_to_DER_cert(AUTHORITY)
    ).hexdigest(),
}
NODE = "ip-10-0-1-10.us-west-2.compute.internal"


def view(instance, *faults):
    """What `eks-triage facts` prints on this instance of the account."""
    facts = json.loads((RECORDINGS / "healthy/node-join.json").read_text())
    for fault in faults:
        facts = documents.merge(facts, json.loads((RECORDINGS / f"faults/node-join/{fault}.json").read_text()))
    facts.pop("account", None)
    if instance != ONE:
        facts["subject"]["name"] = f"{instance}.{NODE.partition('.')[2]}"
    text = json.dumps(facts)
    for recorded, own in {**OF_CLUSTER, RECORDED: instance}.items():
        text = text.replace(recorded, own)
    return text


def told(views, docs=None):
    """The live look with these views and what it saved with them, by the names of the files."""
    with StandIn(docs or account()) as server, tempfile.TemporaryDirectory() as home:
        reports, saved = Path(home, "reports"), Path(home, "saved")
        reports.mkdir()
        for name, text in views.items():
            (reports / name).write_text(text)
        live = triage.cluster(server, "--reports", reports, "--save", saved)
        for file in reports.iterdir():
            shutil.copy(file, saved / f"of-a-node-{file.name}")
        return live, triage.diagnose(saved), server.strange


def expected(said, verdict, instance=None):
    """The verdict, and the instance that saw it."""
    wrong = []
    if said.verdict != verdict:
        wrong.append(said.wrong(f"expected {verdict}"))
    if said.report.get("instance") != instance:
        wrong.append(said.wrong(f"seen on {said.report.get('instance')}, expected {instance}"))
    return wrong


def both(views, verdict, instance, docs=None):
    live, files, strange = told(views, docs)
    return expected(live, verdict, instance) + expected(files, verdict, instance) + alike(live, files) + strange, live


def one_is_broken():
    """The node's own report decides where the account sees nothing wrong, whichever file comes first."""
    wrong, verdict = [], ("decided", "node", "node-join", "kubelet-config", "swap-on")
    well, ill = view(ONE), view(OTHER, "kubelet-config/swap-on")
    for views in ({"a.json": well, "b.json": ill}, {"a.json": ill, "b.json": well}):
        found, live = both(views, verdict, OTHER)
        wrong += found
        with StandIn(account()) as server:
            alone = triage.cluster(server)
        if set(alone.links) - set(live.links):
            wrong.append(f"links that the account has and the joined report lacks: {set(alone.links) - set(live.links)}")
    return wrong


def one_is_missing():
    """Of two refused nodes one had an agent: what it heard stands beside what the account says of both."""
    fault = next(it for it in FAULTS if it.name == "entry-missing")
    verdict = ("decided", "node", "node-join", "access", "no-entry")
    views = {"refused.json": view(OTHER, "access/role-not-known")}
    wrong, live = both(views, verdict, OTHER, account(fault))
    if not any("401" in quote for quote in live.quotes):
        wrong.append(f"what the node heard is not beside it: {live.quotes}")
    return wrong


def heard_on_one():
    """A line of the node's own log decides where the account knows no better, and tells on which node."""
    verdict = ("decided", "node", "node-join", "access", "unauthorized")
    return both({"a.json": view(ONE), "b.json": view(OTHER, "access/unauthorized")}, verdict, OTHER)[0]


def closed_and_silent():
    """A fault of the account and its symptom on the node are one fault, told once."""
    fault = next(it for it in FAULTS if it.name == "control-plane-lets-nobody-in")
    verdict = ("decided", "network", "node-join", "path-to-cluster", "cluster-group-closed")
    wrong, live = both({"a.json": view(ONE, "cluster-endpoint/group-closed")}, verdict, ONE, account(fault))
    again = [it["link"] for it in live.report["also"] if it["link"] == "cluster-endpoint"]
    if again:
        wrong.append(f"told twice: {live.report['also']}")
    return wrong


def who_else():
    """Another group whose nodes have the same role is named, though nobody looked at its nodes."""
    fault = next(it for it in FAULTS if it.name == "entry-missing")
    docs = fault.inject(documents.load(documents.HEALTHY))
    batch = copy.deepcopy(docs["describe-nodegroup-workers.json"])
    batch["nodegroup"] |= {"nodegroupName": "batch", "nodeRole": ROLE, "health": {"issues": []}}
    batch["nodegroup"]["nodegroupArn"] = batch["nodegroup"]["nodegroupArn"].replace("workers", "batch")
    batch["nodegroup"]["resources"] = {"autoScalingGroups": []}
    docs["describe-nodegroup-batch.json"] = batch
    docs["list-nodegroups.json"]["nodegroups"].append("batch")
    live, files, strange = told({"a.json": view(ONE, "access/role-not-known")}, documents.Account(docs))
    wrong = strange
    for said in (live, files):
        groups = {it["subject"]["name"]: it for it in json.loads(said.out).get("groups", [])}
        report = groups.get("workers", {})
        if (report.get("fault"), report.get("instance")) != ("no-entry", ONE):
            wrong.append(said.wrong(f"workers: {report.get('fault')} seen on {report.get('instance')}"))
        impact = (report.get("fix") or {}).get("impact", "")
        if "also touched: group of nodes batch" not in impact:
            wrong.append(f"nothing says that batch has the same role: {impact}")
        if groups.get("batch", {}).get("instance"):
            wrong.append(f"a node of another group is told of batch: {groups['batch']['instance']}")
    return wrong


def of_no_use():
    """A half-written report and a stranger's are named, and the rest decides."""
    verdict = ("decided", "node", "node-join", "kubelet-config", "swap-on")
    ill = view(OTHER, "kubelet-config/swap-on")
    half = view(ONE)
    views = {"half.json": half[: len(half) // 2], "ill.json": ill, "stranger.json": view("i-0ddd", "clock/breaks-tokens")}
    live, files, strange = told(views)
    wrong = expected(live, verdict, OTHER) + strange
    for name, word in (("half.json", "not used"), ("stranger.json", "i-0ddd is of no group")):
        if not any(name in line and word in line for line in live.err.splitlines()):
            wrong.append(f"{name}: {word!r} expected: {live.err}")
    if files.verdict != verdict:
        wrong.append(files.wrong(f"expected {verdict}"))
    return wrong


def cases():
    for test in (one_is_broken, one_is_missing, heard_on_one, closed_and_silent, who_else, of_no_use):
        yield f"joined/{test.__name__.replace('_', '-')}", test
