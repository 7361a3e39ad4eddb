"""The healthy account and each fault: live, and from what was saved."""

import tempfile
from pathlib import Path

import documents
import triage
from faults import FAULTS, network_role
from faults.fault import Fault
from standin import Rules, StandIn


def account(fault=None):
    docs = documents.load(documents.HEALTHY)
    return documents.Account(fault.inject(docs) if fault else docs)


def healthy():
    """Healthy live, from the saved files, and on pages of one."""
    wrong = []
    for size in (100, 1):
        with StandIn(account(), Rules(page=size)) as server, tempfile.TemporaryDirectory() as folder:
            live = triage.cluster(server, "--save", folder)
            files = triage.diagnose(folder)
            wrong += server.strange
        for said in (live, files):
            if said.code != triage.HEALTHY or said.verdict[0] != "healthy":
                wrong.append(said.wrong(f"healthy expected (pages of {size})"))
            broken = [name for name, (state, _) in said.links.items() if state == "broken"]
            if broken:
                wrong.append(f"broken in a healthy account: {broken}")
    wrong += alike(live, files)
    return wrong


def with_network_role():
    """aws-node has a role of its own: healthy, and its chain of trust is judged."""
    own = Fault("", "", "", "", "", "", network_role.WELL)
    with StandIn(account(own)) as server, tempfile.TemporaryDirectory() as folder:
        live = triage.cluster(server, "--save", folder)
        files = triage.diagnose(folder)
        wrong = list(server.strange)
    for said in (live, files):
        if said.code != triage.HEALTHY:
            wrong.append(said.wrong("healthy expected"))
        judged = "service-account role-arn oidc-provider provider-audience role trust-principal trust-conditions"
        for link in judged.split():
            state = said.links.get(f"irsa/{link}", ("not there",))[0]
            if state != "intact":
                wrong.append(f"irsa/{link} is {state}")
    return wrong + alike(live, files)


def alike(live, files):
    wrong = []
    if live.verdict != files.verdict:
        wrong.append(files.wrong(f"live said {live.verdict}, from files"))
    # In which order the keys of an object stand decides whether a comma follows.
    if [it.strip(" ,") for it in live.quotes] != [it.strip(" ,") for it in files.quotes]:
        wrong.append(f"quotes differ: live {live.quotes}, from files {files.quotes}")
    for name, (state, _) in live.links.items():
        if files.links.get(name, ("not there",))[0] != state:
            wrong.append(f"{name} is {state} live and {files.links.get(name)} from files")
    return wrong


def fits(fault, said):
    expected = ("decided", fault.plane, fault.chain, fault.link, fault.fault)
    if said.verdict != expected:
        return [said.wrong(f"expected {expected}")]
    wrong = []
    if not fault.quote or not any(fault.quote in quote for quote in said.quotes):
        wrong.append(f"no quote has {fault.quote!r}: {said.quotes}")
    change = said.report["fix"]["change"]
    if not fault.change or fault.change not in change:
        wrong.append(f"the change lacks {fault.change!r}: {change}")
    if said.code != triage.DECIDED:
        wrong.append(said.wrong("exit code 3 expected"))
    return wrong


def injected(fault):
    def test():
        with StandIn(account(fault)) as server, tempfile.TemporaryDirectory() as folder:
            live = triage.cluster(server, "--save", folder)
            files = triage.diagnose(folder)
            wrong = server.strange
            # What somebody's user data holds is theirs.
            wrong += [f"user data is in {it.name}" for it in Path(folder).iterdir() if "canary" in it.read_text()]
        return fits(fault, live) + fits(fault, files) + alike(live, files) + wrong

    return test


def cases():
    yield "account/healthy", healthy
    yield "account/with-network-role", with_network_role
    for fault in FAULTS:
        yield f"fault/{fault.name}", injected(fault)
