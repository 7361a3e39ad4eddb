"""Each right of the policy missing, one at a time: nothing is broken by it, and what it hides keeps all from being well."""

import json
import re

import aws
import triage
from actions import ACTIONS
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


# Without these the healthy account is still healthy: nothing of it is asked, or what it hides decides no link.
HIDES_NOTHING = {
    "eks:ListClusters": "asked where there is no cluster of that name",
    "eks:ListInsights": "tells what an update would meet, and no link",
    "eks:ListAddons": "the node role itself has what the network's add-on needs",
    "eks:DescribeAddon": "the node role itself has what the network's add-on needs",
    "ec2:DescribeInternetGateways": "all that the nodes call is behind endpoints of the VPC",
    "ec2:DescribeNatGateways": "all that the nodes call is behind endpoints of the VPC",
    "ec2:GetConsoleOutput": "asked of instances of a group with which something is wrong",
    "iam:GetOpenIDConnectProvider": "asked where an add-on has a role of its own",
    "iam:ListOpenIDConnectProviders": "asked where an add-on has a role of its own",
    "iam:GetPolicy": "asked of policies that are not AWS's own",
    "iam:GetPolicyVersion": "asked of policies that are not AWS's own",
    "iam:GetRolePolicy": "asked of inline policies, and the role has none",
    "iam:ListInstanceProfiles": "asked where an instance has another profile of the same name",
    "ec2:GetSubnetCidrReservations": "asked where the counts of a subnet leave open whether blocks are free",
    "cloudtrail:LookupEvents": "asked where no node and no group came to be",
    "cloudformation:DescribeStacks": "its nodes are there, so that nothing failed that makes them",
    "cloudformation:DescribeStackEvents": "its nodes are there, so that nothing failed that makes them",
}
COULD_NOT_RUN = {"eks:DescribeCluster"}


def missing(action):
    def test():
        with StandIn(account(), Rules(deny=[action])) as server:
            said = triage.cluster(server)
            called, strange = server.calls[action], list(server.strange)
        wrong = strange
        if action in COULD_NOT_RUN:
            return wrong + ([] if said.code == triage.COULD_NOT_RUN else [said.wrong("exit code 1 expected")])
        expected = triage.HEALTHY if action in HIDES_NOTHING else triage.UNDECIDED
        if said.code != expected:
            wrong.append(said.wrong(f"exit code {expected} expected"))
        if expected == triage.UNDECIDED:
            wrong += told(said, action)
        asked = (said.report.get("grant") or {}).get("Action", [])
        if asked != ([action] if called else []):
            wrong.append(f"to ask for {action}, and not for {asked}")
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


def told(said, action):
    """In plain words how many links are open, with a link that names the right, and what to fetch."""
    report = said.report
    title = re.fullmatch(r"nothing broken in what could be read; (\d+) links? could not be checked", report["title"])
    if not title:
        return [said.wrong("the title tells something else")]
    wrong = []
    if not any(action in text for _, text in said.links.values()):
        wrong.append(said.wrong(f"no link names {action}"))
    if not report["needs"] or any("<" in need["how"] for need in report["needs"]):
        wrong.append(said.wrong(f"needs without names: {report['needs']}"))
    return wrong


def pasted():
    """Without any right but the first, all that is still missing can be pasted, and asks for those rights alone."""
    denied = [action for action in actions() if action not in COULD_NOT_RUN]
    with StandIn(account(), Rules(deny=denied)) as server:
        said = triage.cluster(server)
        refused = sorted(action for action in denied if server.refused[action])
    wrong = []
    if said.report.get("grant") != {"Effect": "Allow", "Action": refused, "Resource": "*"}:
        wrong.append(said.wrong(f"to ask for {refused}: {said.report.get('grant')}"))
    lines = [line for line in said.report.get("more", []) if line.startswith("aws ")]
    if len(lines) < len(refused):
        wrong.append(said.wrong(f"a command for each of {refused}: {lines}"))
    with StandIn(account()) as server:
        for line, (code, _, err) in zip(lines, aws.run_all(server.url, lines)):
            if code != 0:
                wrong.append(f"cannot be pasted: {line}: {err.strip()}")
        seen = set(server.calls)
    return wrong + [f"no command asks {action}" for action in refused if action not in seen]


# What is told without a right, where that is true whoever looks.
OTHERWISE = {
    # The profile of its instances has role web, of which the account knows nothing.
    ("profile-of-another-role", "eks:DescribeNodegroup"): ("node-join", "node-role", "absent"),
}
# Another fault that the changed account has, behind the one that is told.
ALSO = {
    # The template's user data names the endpoint that the cluster had before it was one of IPv6.
    "egress-only-gateway-gone": ("node-join", "cluster-config", "endpoint-is-not-the-clusters"),
}


def showing(fault):
    """The actions that show what the fault changes."""
    found = {}
    for stem, _, _ in fault.edits:
        words = [(len(name), action) for action in ACTIONS if stem.startswith(name := command(action))]
        found[max(words)[1]] = True
    return [action for action in found if action not in COULD_NOT_RUN]


def command(action):
    """As the AWS CLI calls it."""
    name = action.partition(":")[2].replace("OpenIDConnect", "OpenIdConnect")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def hidden(fault):
    """One of the actions that show it denied, each in its turn, and all of them: undecided or as ever, never healthy."""

    def look(denied):
        with StandIn(account(fault), Rules(deny=denied)) as server:
            said = triage.cluster(server)
        outcome, plane, *verdict = said.verdict
        expected = [fault.chain, fault.link, fault.fault]
        if outcome == "undecided" or (plane == fault.plane and verdict == expected):
            return []
        first = denied[0] if len(denied) == 1 else ""
        if tuple(verdict) in (OTHERWISE.get((fault.name, first)), ALSO.get(fault.name)):
            return []
        return [said.wrong(f"{fault.link}/{fault.fault} or undecided expected without {', '.join(denied)}")]

    def test():
        found = showing(fault)
        wrong = [line for action in found for line in look([action])]
        return wrong + (look(found) if len(found) > 1 else [])

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
    yield "permissions/pasted", pasted
    for fault in FAULTS:
        if showing(fault):
            yield f"permissions/{fault.name} hidden", hidden(fault)
