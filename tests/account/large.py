"""An account with many groups, made from the healthy one: what it takes to look at it."""

import argparse
import copy
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import aws
import documents
import triage
from faults import NOT_JOINED
from standin import Rules, StandIn

# As many as AWS gives at most where a call does not ask for less.
PAGE = 1000
ROLES = 20
# One group's role is nobody's access entry.
LOST = "eks-node-lost"
VERDICT = ("decided", "node", "node-join", "access", "no-entry")
# Runs a program in a small process of its own: the peak of a child is never below its parent's.
MEASURE = """
import json, os, sys, time
begun = time.monotonic()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(child, 0)
told = [os.waitstatus_to_exitcode(status), time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss]
os.write(3, json.dumps(told).encode())
"""


@dataclass
class Run:
    """One run of the program."""

    code: int
    seconds: float
    processor: float
    peak: int
    out: str
    err: str

    @property
    def groups(self):
        """Of each group its subject and its verdict, worst first."""
        keys = ("outcome", "plane", "chain", "link", "fault")
        try:
            told = json.loads(self.out)
        except ValueError:
            return []
        reports = told.get("groups", [told])
        return [(it.get("subject"), tuple(it.get(key) for key in keys)) for it in reports]

    def __str__(self):
        return f"{self.seconds:7.2f} s, {self.processor:6.2f} s of the processor, {self.peak / 1024:6.1f} MiB peak"


def run(url, *arguments):
    read, write = os.pipe()
    environment = aws.environment(url)
    command = [sys.executable, "-I", "-S", "-c", MEASURE, str(triage.PROGRAM), *map(str, arguments)]
    # Files, so that nobody must read while it runs.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        subprocess.run(
            ["bash", "-c", f'exec 3>&{write}; exec "$@"', "bash", *command],
            env=environment,
            stdout=out,
            stderr=err,
            pass_fds=[write],
            check=True,
        )
        os.close(write)
        told = json.loads(os.read(read, 4096))
        os.close(read)
        out.seek(0), err.seek(0)
        return Run(*told, out.read(), err.read())


def instance_id(number):
    return f"i-{0xA0000000000000 + number:017x}"


def address(subnet, host):
    """In the subnet's 128 addresses."""
    first = subnet * 128 + host
    return f"10.0.{first // 256}.{first % 256}"


def subnet_id(number):
    return f"subnet-{number:08x}"


def private_tables(healthy, private):
    """One table for two subnets."""
    tables = []
    for number in range(0, private, 2):
        table = copy.deepcopy(healthy["RouteTables"][0])
        table["RouteTableId"] = f"rtb-{number:08x}"
        association = table["Associations"][0]
        table["Associations"] = [
            {
                **association,
                "RouteTableAssociationId": f"rtbassoc-{one:08x}",
                "RouteTableId": table["RouteTableId"],
                "SubnetId": subnet_id(one),
            }
            for one in range(number, min(number + 2, private))
        ]
        tables.append(table)
    return tables


def network(folder, subnets):
    """The subnets, the last of which is public, with their route tables and the network ACL."""
    healthy, private = folder["describe-subnets.json"]["Subnets"], subnets - 1
    folder["describe-subnets.json"] = {
        "Subnets": [
            {
                **healthy[2 if number == private else number % 2],
                "SubnetId": subnet_id(number),
                "CidrBlock": f"{address(number, 0)}/25",
                "AvailableIpAddressCount": 80,
                "Tags": [{"Key": "Name", "Value": f"prod-{number}"}],
            }
            for number in range(subnets)
        ]
    }
    public = folder["describe-route-tables.json"]["RouteTables"][1]
    public["Associations"][1]["SubnetId"] = subnet_id(private)
    tables = private_tables(folder["describe-route-tables.json"], private)
    folder["describe-route-tables.json"] = {"RouteTables": [*tables, public]}
    folder["describe-nat-gateways.json"]["NatGateways"][0]["SubnetId"] = subnet_id(private)
    acl = folder["describe-network-acls.json"]["NetworkAcls"][0]
    association = acl["Associations"][0]
    acl["Associations"] = [
        {**association, "NetworkAclAssociationId": f"aclassoc-{number:08x}", "SubnetId": subnet_id(number)}
        for number in range(subnets)
    ]
    both = [subnet_id(0), subnet_id(1)]
    for endpoint in folder["describe-vpc-endpoints.json"]["VpcEndpoints"]:
        if endpoint["VpcEndpointType"] == "Interface":
            endpoint["SubnetIds"] = both
        else:
            endpoint["RouteTableIds"] = [table["RouteTableId"] for table in tables]
    folder["describe-cluster.json"]["cluster"]["resourcesVpcConfig"]["subnetIds"] = both
    for number, interface in enumerate(folder["describe-network-interfaces.json"]["NetworkInterfaces"]):
        interface.update(SubnetId=both[number], PrivateIpAddress=address(number, 20))


def renamed(document, names):
    text = json.dumps(document)
    for old, new in names.items():
        text = text.replace(f'"{old}"', f'"{new}"').replace(f"/{old}", f"/{new}")
    return json.loads(text)


def roles(folder, names):
    """Each like the healthy one; the lost one has no access entry."""
    healthy = {stem: folder.pop(f"{stem}-eks-node.json") for stem in (
        "get-role", "list-attached-role-policies", "list-role-policies", "describe-access-entry",
    )}
    entries = folder["list-access-entries.json"]["accessEntries"]
    arn = entries.pop()
    for name in names:
        for stem, document in healthy.items():
            if name != LOST or stem != "describe-access-entry":
                folder[f"{stem}-{name}.json"] = renamed(document, {"eks-node": name})
        if name != LOST:
            entries.append(arn.replace("eks-node", name))


def account(groups, instances, subnets):
    """The folder of an account with so many of each."""
    folder = copy.deepcopy(documents.load(documents.HEALTHY))
    folder["describe-cluster.json"]["cluster"]["accessConfig"]["authenticationMode"] = "API"
    network(folder, subnets)
    roles(folder, [LOST, *(f"eks-node-{number:02}" for number in range(ROLES))])
    take = lambda stem: folder.pop(f"{stem}.json")
    group, profile = take("describe-nodegroup-workers"), take("get-instance-profile-eks-workers-profile")
    template, activities = take("describe-launch-template-versions-lt-0eks"), take("describe-scaling-activities-eks-workers-0ac1")
    scaling = folder["describe-auto-scaling-groups.json"]["AutoScalingGroups"].pop()
    status = folder["describe-instance-status.json"]["InstanceStatuses"][0]
    reservation = folder["describe-instances.json"]["Reservations"][0]
    folder["describe-instance-status.json"]["InstanceStatuses"] = statuses = []
    folder["describe-instances.json"]["Reservations"] = reservations = []
    folder["list-nodegroups.json"]["nodegroups"] = names = []
    interfaces = folder["describe-network-interfaces.json"]["NetworkInterfaces"]
    broken, private = groups // 2, subnets - 1
    for number in range(groups):
        name = f"workers-{number:03}"
        role = LOST if number == broken else f"eks-node-{number % ROLES:02}"
        own = {
            "eks-workers-0ac1": f"eks-{name}-0ac1",
            "eks-workers-lt": f"eks-{name}-lt",
            "eks-workers-profile": f"eks-{name}-profile",
            "lt-0eks": f"lt-{number:08x}",
            "workers": name,
            "eks-node": role,
        }
        # One of each zone.
        places = [number % private, (number + 1) % private]
        mine = [instance_id(it) for it in range(number, instances, groups)]
        asg = renamed(scaling, own)
        asg["VPCZoneIdentifier"] = ",".join(map(subnet_id, places))
        member, most = asg["Instances"][0], max(len(mine), 1)
        asg["Instances"] = [{**member, "InstanceId": it} for it in mine]
        asg.update(MinSize=0, MaxSize=most * 2, DesiredCapacity=len(mine))
        folder["describe-auto-scaling-groups.json"]["AutoScalingGroups"].append(asg)
        described = renamed(group, own)
        described["nodegroup"].update(
            subnets=[subnet_id(it) for it in places],
            scalingConfig={"minSize": 0, "maxSize": most * 2, "desiredSize": len(mine)},
        )
        if number == broken:
            (_, _, failed), (_, _, issues) = NOT_JOINED
            described["nodegroup"].update(
                status=failed, health={"issues": [{**issues[0], "resourceIds": mine}]}
            )
        names.append(name)
        folder[f"describe-nodegroup-{name}.json"] = described
        folder[f"get-instance-profile-eks-{name}-profile.json"] = renamed(profile, own)
        folder[f"describe-launch-template-versions-{own['lt-0eks']}.json"] = renamed(template, own)
        launched = activities["Activities"][0]
        folder[f"describe-scaling-activities-eks-{name}-0ac1.json"] = {"Activities": [
            {
                **renamed(launched, own),
                "ActivityId": f"act-{it}",
                "Description": f"Launching a new EC2 instance: {it}",
            }
            for it in mine
        ]}
        for place, it in enumerate(mine):
            subnet, like = places[place % 2], renamed(reservation, own)
            ip = address(subnet, 30 + (number * 40 + place) % 90)
            like["ReservationId"] = f"r-{it}"
            like["Instances"][0].update(
                InstanceId=it,
                SubnetId=subnet_id(subnet),
                PrivateIpAddress=ip,
                PrivateDnsName=f"ip-{ip.replace('.', '-')}.us-west-2.compute.internal",
            )
            reservations.append(like)
            statuses.append({**status, "InstanceId": it})
            interfaces.append({
                "NetworkInterfaceId": f"eni-{it}",
                "SubnetId": subnet_id(subnet),
                "VpcId": "vpc-0prod",
                "Description": "",
                "InterfaceType": "interface",
                "Status": "in-use",
                "PrivateIpAddress": ip,
                "Groups": [{"GroupId": "sg-0cluster", "GroupName": "eks-cluster-sg-prod"}],
                "Attachment": {"InstanceId": it, "DeviceIndex": 0, "Status": "attached"},
                "RequesterManaged": False,
            })
    return folder


def look(sizes, throttle=None):
    """A live look, its calls, the documents that it saved, and what is said of these."""
    made = documents.Account(account(sizes.groups, sizes.instances, sizes.subnets))
    with StandIn(made, Rules(page=PAGE, throttle=throttle)) as server, tempfile.TemporaryDirectory() as place:
        saved = Path(place, "saved")
        live = run(server.url, "cluster", "prod", "-o", "json", "--save", saved)
        files = list(saved.glob("*")) if saved.exists() else []
        size = sum(it.stat().st_size for it in files)
        again = run("http://127.0.0.1:9", "diagnose", saved, "-o", "json") if files else None
        return live, server, (len(files), size), again


def judged(sizes, name, told):
    wrong = []
    said, broken = told.groups if told else [], f"workers-{sizes.groups // 2:03}"
    decided = [(subject, verdict) for subject, verdict in said if verdict[0] != "healthy"]
    if len(said) != sizes.groups or told.code != triage.DECIDED:
        wrong.append(f"{name}: {len(said)} groups, exit code {told and told.code}: {told and told.err[-600:]}")
    if len(decided) != 1 or decided[0][1] != VERDICT or broken not in json.dumps(decided[0][0]) or said[:1] != decided:
        wrong.append(f"{name}: {VERDICT} of {broken} alone expected: {decided[:3]}")
    return wrong


@dataclass
class Sizes:
    groups: int
    instances: int
    subnets: int

    def __str__(self):
        return f"{self.groups} node groups, {self.instances} instances, {self.subnets} subnets"


def main():
    parser = argparse.ArgumentParser(prog="account", description=__doc__)
    parser.add_argument("--program", type=Path, metavar="FILE")
    parser.add_argument("--groups", type=int, default=200)
    parser.add_argument("--instances", type=int, default=5000)
    parser.add_argument("--subnets", type=int, default=300)
    chosen = parser.parse_args()
    if chosen.program:
        triage.PROGRAM = chosen.program.resolve()
    large = Sizes(chosen.groups, chosen.instances, chosen.subnets)
    small = replace(large, instances=chosen.instances // 10)
    wrong, columns, tables = [], [], []
    for title, sizes, throttle in (("large", large, None), ("a tenth", small, None), ("throttled", large, {"every": 10})):
        begun = time.monotonic()
        live, server, (files, size), again = look(sizes, throttle)
        more = f", every {throttle['every']}th call throttled" if throttle else ""
        print(f"{title}: {sizes}{more}")
        print(f"  cluster   {live}")
        print(f"  diagnose  {again}")
        outcomes = [verdict[0] for _, verdict in live.groups]
        told = ", ".join(f"{outcomes.count(one)} {one}" for one in dict.fromkeys(outcomes))
        calls, refused = server.calls.total(), server.refused.total()
        print(f"  {calls} calls, {refused} of them throttled; {files} documents saved, {size / 2**20:.1f} MiB; {told}")
        worst = live.groups[0] if live.groups else None
        print(f"  verdict: {worst}, the same from files: {bool(again) and again.groups == live.groups}")
        print(f"  with what was made for it: {time.monotonic() - begun:.0f} s", flush=True)
        wrong += judged(sizes, title, live) + judged(sizes, f"{title}, from files", again)
        wrong += [f"{title}: {line}" for line in server.strange]
        if live.groups != (again.groups if again else None):
            wrong.append(f"{title}: files say something else than the live look")
        columns.append(title)
        tables.append((server.calls, server.refused, live.groups))
    print(f"\n{'calls':44}" + "".join(f"{it:>12}" for it in columns) + f"{'retried':>12}")
    for action in sorted(set().union(*(calls for calls, _, _ in tables))):
        retried = tables[2][1][action]
        print(f"  {action:42}" + "".join(f"{calls[action]:12}" for calls, _, _ in tables) + f"{retried:12}")
    extra = tables[0][0].total() - tables[1][0].total()
    # Of a few instances that did not join the console is read, whatever their number.
    pages = (large.instances - small.instances) / 100 + 20
    print(f"{large.instances - small.instances} instances more are {extra} calls more")
    if extra > pages:
        wrong.append(f"calls grow with instances, and not with pages of them: {extra} more")
    if tables[2][2] != tables[0][2]:
        wrong.append("throttled, it says something else")
    if tables[2][0].total() - tables[2][1].total() != tables[0][0].total():
        wrong.append("throttled calls were not made again, each once more until it was answered")
    for line in wrong:
        print(f"wrong: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
