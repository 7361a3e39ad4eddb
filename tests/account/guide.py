"""The worker-node guide by hand: its commands of the AWS CLI into a folder, then `diagnose`."""

import tempfile
from pathlib import Path

import aws
import triage
from faults import FAULTS, ROLE
from live import account, fits
from standin import StandIn

# File and command, as people run them.
COMMANDS = {
    "cluster.json": "aws eks describe-cluster --name prod",
    "nodegroups.json": "aws eks list-nodegroups --cluster-name prod",
    "nodegroup.json": "aws eks describe-nodegroup --cluster-name prod --nodegroup-name workers",
    "access-entries.json": "aws eks list-access-entries --cluster-name prod",
    "access-entry.json": f"aws eks describe-access-entry --cluster-name prod --principal-arn {ROLE}",
    "instances.json": "aws ec2 describe-instances --filters Name=tag:eks:nodegroup-name,Values=workers",
    "role.json": "aws iam get-role --role-name eks-node",
    "policies.json": "aws iam list-attached-role-policies --role-name eks-node",
    "vpc.json": "aws ec2 describe-vpcs --vpc-ids vpc-0prod",
    "subnets.json": "aws ec2 describe-subnets --filters Name=vpc-id,Values=vpc-0prod",
    "route-tables.json": "aws ec2 describe-route-tables --filters Name=vpc-id,Values=vpc-0prod",
    "stacks.json": "aws cloudformation describe-stacks",
}


def collect(server, folder):
    """What fails leaves nothing, or what the shell's redirection leaves: an empty file."""
    for name, (code, out, _) in zip(COMMANDS, aws.run_all(server.url, list(COMMANDS.values()))):
        (Path(folder) / name).write_text(out if code == 0 else "")


def injected(fault):
    def test():
        with StandIn(account(fault)) as server, tempfile.TemporaryDirectory() as folder:
            collect(server, folder)
            return fits(fault, triage.diagnose(folder)) + server.strange

    return test


def printed(folder):
    """The commands of the AWS CLI that a report for people asks for."""
    told = triage.run("diagnose", folder, region=None).out.partition("not seen yet")[2]
    return [line.strip() for line in told.splitlines() if line.strip().startswith("aws ")]


def paste(server, folder, step):
    wrong = []
    for number, line in enumerate(printed(folder)):
        code, _, err = aws.run_shell(server.url, f"cd {folder} && {line} > more-{step}-{number}.json")
        if code != 0:
            wrong.append(f"cannot be pasted: {line}: {err.strip()}")
    return wrong


def healthy():
    """Nothing is broken, and what is still to run can be pasted as it is."""
    with StandIn(account()) as server, tempfile.TemporaryDirectory() as folder:
        collect(server, folder)
        said = triage.diagnose(folder)
        wrong = []
        if said.code != triage.UNDECIDED or "could not be checked" not in said.report["title"]:
            wrong.append(said.wrong("undecided expected, as not every link could be checked"))
        broken = [name for name, (state, _) in said.links.items() if state == "broken"]
        if broken:
            wrong.append(f"broken in a healthy account: {broken}")
        if len(printed(folder)) < 3:
            return wrong + [said.wrong("the commands that are missing expected")]
        # What some print names what others need.
        for step in range(3):
            wrong += paste(server, folder, step)
        said = triage.diagnose(folder)
        if said.code != triage.HEALTHY:
            wrong.append(said.wrong("healthy expected with what those commands print"))
        return wrong + server.strange


def cases():
    yield "guide/healthy", healthy
    for fault in FAULTS:
        if fault.guide:
            yield f"guide/{fault.name}", injected(fault)
