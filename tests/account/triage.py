"""eks-triage as a person runs it, and what it said."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import aws

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("EKS_TRIAGE", ROOT / "target/debug/eks-triage"))

HEALTHY, COULD_NOT_RUN, USAGE, DECIDED, UNDECIDED = 0, 1, 2, 3, 4


@dataclass
class Said:
    """One run."""

    command: list
    code: int
    out: str
    err: str

    @property
    def report(self):
        """The worst group's report."""
        try:
            told = json.loads(self.out)
        except ValueError:
            told = {}
        return told["groups"][0] if told.get("groups") else told

    @property
    def verdict(self):
        report = self.report
        return tuple(report.get(key) for key in ("outcome", "plane", "chain", "link", "fault"))

    @property
    def quotes(self):
        return [it["quote"] for it in self.report.get("evidence", [])]

    @property
    def links(self):
        """State and detail of each link of each chain."""
        chains = self.report.get("chains", [])
        return {
            f"{chain['id']}/{link['id']}": (link["state"], f"{link['detail']} {json.dumps(link['needs'])}")
            for chain in chains
            for link in chain["links"]
        }

    def wrong(self, what):
        shown = " ".join(self.command)
        return f"{what}\n    {shown} → {self.code} {self.verdict}\n    {self.report.get('title', '')}{self.err.strip()[-600:]}"


def run(*arguments, url="http://127.0.0.1:9", region=aws.REGION, credentials=True, **more):
    environment = aws.environment(url, region, **more)
    if not credentials:
        environment = {key: value for key, value in environment.items() if key not in aws.CREDENTIALS}
    command = [str(PROGRAM), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    return Said(["eks-triage", *command[1:]], done.returncode, done.stdout, done.stderr)


def cluster(server, *arguments, name="prod", **more):
    return run("cluster", name, "--region", aws.REGION, "-o", "json", *arguments, url=server.url, **more)


def diagnose(folder, *arguments):
    return run("diagnose", folder, "-o", "json", *arguments, region=None)
