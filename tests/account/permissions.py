"""Each right of the policy missing, one at a time: nothing is broken by it, and what it hides is unknown."""

import json

import triage
from faults import FAULTS
from live import account
from standin import Rules, StandIn

README = triage.ROOT / "README.md"


def actions():
    """All that `cluster` may call, as the README has it."""
    text = README.read_text().partition("<!-- cluster-policy -->")[2].partition("<!-- /cluster-policy -->")[0]
    for statement in json.loads(text.split("```")[1].removeprefix("json"))["Statement"]:
        found = statement["Action"]
        yield from [found] if isinstance(found, str) else found


def missing(action):
    def test():
        with StandIn(account(), Rules(deny=[action])) as server:
            said = triage.cluster(server)
            called, strange = server.calls[action], list(server.strange)
        wrong = strange
        if said.code not in (triage.HEALTHY, triage.UNDECIDED) and not (action == "eks:DescribeCluster"):
            wrong.append(said.wrong("healthy or undecided expected"))
        broken = [name for name, (state, _) in said.links.items() if state == "broken"]
        if broken:
            wrong.append(said.wrong(f"broken by a missing right: {broken}"))
        named = [name for name, (_, text) in said.links.items() if action in text]
        states = {said.links[name][0] for name in named}
        if called and not named and action not in said.err:
            wrong.append(said.wrong(f"nothing says that {action} is missing"))
        if states - {"unknown", "blocked"}:
            wrong.append(f"{named} name {action} and are {states}")
        return wrong

    return test


def without(fault):
    def test():
        with StandIn(account(fault), Rules(deny=[fault.without])) as server:
            said = triage.cluster(server)
        outcome, *verdict = said.verdict
        if outcome == "undecided" or verdict == [fault.plane, fault.chain, fault.link, fault.fault]:
            return []
        return [said.wrong(f"{fault.link}/{fault.fault} or undecided expected without {fault.without}")]

    return test


def nothing_else():
    """The healthy account makes no call beside those of the policy."""
    free = {"sts:GetCallerIdentity"}
    with StandIn(account()) as server:
        triage.cluster(server)
    beside = sorted(set(server.calls) - set(actions()) - free)
    return [f"called, and not in the policy: {beside}"] if beside else []


def cases():
    yield "permissions/nothing-else", nothing_else
    for action in actions():
        yield f"permissions/without {action}", missing(action)
    for fault in FAULTS:
        if fault.without:
            yield f"permissions/{fault.name} without {fault.without}", without(fault)
