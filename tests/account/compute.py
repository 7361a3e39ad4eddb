"""What a cluster's own API says of the nodes that it wants: live, from what was saved, and without each right."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import documents
import kube
import live
import triage
from faults.compute import CLUSTER_ARN, FAULTS, denied, nothing
from faults.compute import event as event_of_trail
from faults.fault import CLUSTER, GROUP, Fault, change
from standin import Rules, StandIn

AT = "2026-03-01T09:58:00Z"
NO_ROOM = "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available."
MAXIMUM = "pod didn't trigger scale-up: 1 max node group size reached"
LIMITS = "Failed to schedule pod, all available instance types exceed limits for nodepool (NodePool=batch)"
FULL = change(
    GROUP, nodegroup__scalingConfig={"minSize": 1, "maxSize": 2, "desiredSize": 2}
) + change("describe-auto-scaling-groups", AutoScalingGroups__0__MaxSize=2)


def pod(name="api-7d9f-x", waits=True):
    condition = {"type": "PodScheduled", "status": "False" if waits else "True", "lastTransitionTime": AT}
    if waits:
        condition |= {"reason": "Unschedulable", "message": NO_ROOM}
    secret = {"name": "PASSWORD", "value": "PLANTED"}
    return {
        "metadata": {"name": name, "namespace": "shop", "creationTimestamp": AT},
        "spec": {"containers": [{"name": "app", "image": "api", "env": [secret]}]},
        "status": {"phase": "Pending", "conditions": [condition]},
    }


def event(message, reason="NotTriggerScaleUp", by="cluster-autoscaler", of="api-7d9f-x"):
    return {
        "metadata": {"name": f"{of}.{by}", "namespace": "shop"},
        "involvedObject": {"kind": "Pod", "name": of, "namespace": "shop"},
        "reason": reason,
        "message": message,
        "source": {"component": by},
        "lastTimestamp": AT,
        "type": "Normal",
    }


def condition(kind, status, reason, message=""):
    at = "2026-03-01T08:00:00Z"
    return {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": at}


def karpenter(conditions, kind="EC2NodeClass", role="eks-node", events=()):
    """A NodePool `batch`, its node class, and no node of it."""
    failed = next((it for it in conditions if it["status"] == "False"), None)
    mirrored = {**failed, "type": "NodeClassReady"} if failed else condition("NodeClassReady", "True", "NodeClassReady")
    reference = {"kind": kind, "name": "default"}
    pool = {
        "metadata": {"name": "batch"},
        "spec": {"template": {"spec": {"nodeClassRef": reference}}},
        "status": {"conditions": [mirrored]},
    }
    ready = {**failed, "type": "Ready"} if failed else condition("Ready", "True", "Ready")
    node_class = {
        "metadata": {"name": "default"},
        "spec": {"role": role},
        "status": {"conditions": [*conditions, ready]},
    }
    path = kube.CLASSES if kind == "EC2NodeClass" else kube.OWN_CLASSES
    pods = [pod()] if events else []
    return {kube.POOLS: [pool], kube.CLAIMS: [], path: [node_class], kube.PODS: pods, kube.EVENTS: list(events)}


@dataclass
class Case:
    """A fault of which the cluster's API tells; without a fault, what must not be one."""

    fault: Fault
    objects: dict
    deny: tuple = ()
    group: str = "workers"
    # Of a link without a fault: its state, and what its note says.
    state: str = ""
    note: str = ""


def fault(name, plane, link, fault_, quote, change_, edits=()):
    return Fault(name, plane, link, fault_, quote, change_, list(edits))


def scaling(name, edits=FULL):
    return fault(name, "", "scaling", "", "", "", edits)


AUTO_MODE = change(
    CLUSTER,
    cluster__computeConfig={
        "enabled": True, "nodePools": ["general-purpose"], "nodeRoleArn": "arn:aws:iam::111122223333:role/eks-node"
    },
)

CASES = [
    Case(
        fault("maximum-reached", "node", "scaling", "maximum-reached", MAXIMUM, "maxSize=MORE", FULL),
        {kube.PODS: [pod()], kube.EVENTS: [event(MAXIMUM)]},
    ),
    Case(scaling("maximum-as-wanted"), {}, state="intact", note="2 of at most 2"),
    Case(
        scaling("maximum-of-a-pod-that-found-a-node"),
        {kube.PODS: [pod(waits=False)], kube.EVENTS: [event(MAXIMUM)]},
        state="intact",
        note="2 of at most 2",
    ),
    Case(
        scaling("maximum-of-another-group"),
        {kube.PODS: [pod()], kube.EVENTS: [event("pod didn't trigger scale-up: 2 node(s) didn't match Pod's node affinity/selector")]},
        state="intact",
        note="1 pods wait, none of them for its maximum",
    ),
    Case(
        scaling("maximum-without-pods-and-events"),
        {kube.PODS: [pod()], kube.EVENTS: [event(MAXIMUM)]},
        deny=(kube.PODS, kube.EVENTS),
        state="unknown",
        note="kubectl get pods",
    ),
    Case(
        scaling("maximum-without-events"),
        {kube.PODS: [pod()]},
        deny=(kube.EVENTS,),
        state="unknown",
        note="kubectl get events",
    ),
    Case(
        fault("class-subnets", "node", "scaling", "node-class-without-subnets", "did not match any Subnets", "subnetSelectorTerms"),
        karpenter([condition("SubnetsReady", "False", "SubnetsNotFound", "SubnetSelector did not match any Subnets")]),
        group="batch",
    ),
    Case(
        fault(
            "class-groups", "node", "scaling", "node-class-without-security-groups", "did not match any SecurityGroups",
            "securityGroupSelectorTerms",
        ),
        karpenter([
            condition(
                "SecurityGroupsReady", "False", "SecurityGroupsNotFound",
                "SecurityGroupSelector did not match any SecurityGroups",
            )
        ]),
        group="batch",
    ),
    Case(
        fault("class-image", "node", "scaling", "node-class-without-image", "did not match any AMIs", "amiSelectorTerms"),
        karpenter([condition("AMIsReady", "False", "AMINotFound", "AMISelector did not match any AMIs")]),
        group="batch",
    ),
    Case(
        fault("class-creator", "iam", "creator", "not-allowed", "isn't authorized to call ec2:RunInstances", "ec2:RunInstances"),
        karpenter([
            condition(
                "ValidationSucceeded", "False", "RunInstancesAuthCheckFailed",
                "Controller isn't authorized to call ec2:RunInstances: UnauthorizedOperation",
            )
        ]),
        group="batch",
    ),
    Case(
        fault("class-profile", "node", "instance-profile", "absent", "Instance profile", "create-instance-profile"),
        karpenter([
            condition(
                "ValidationSucceeded", "False", "InstanceProfileNotFound", 'Instance profile "batch-nodes" not found'
            )
        ]),
        group="batch",
    ),
    Case(
        fault("class-placement", "node", "scaling", "node-class-not-ready", "Placement group", "describe ec2nodeclass default"),
        karpenter([condition("PlacementGroupReady", "False", "PlacementGroupNotFound", "Placement group near not found")]),
        group="batch",
    ),
    Case(
        fault("pool-limit", "node", "scaling", "pool-limit", "exceed limits for nodepool", "limits", []),
        karpenter([condition("SubnetsReady", "True", "SubnetsReady")], events=[event(LIMITS, "FailedScheduling", "karpenter")]),
        group="batch",
    ),
    Case(
        fault("auto-mode-class", "node", "scaling", "node-class-without-subnets", "did not match any Subnets", "nodeclass default", AUTO_MODE),
        karpenter(
            [condition("SubnetsReady", "False", "SubnetsNotFound", "SubnetSelector did not match any Subnets")], "NodeClass"
        ),
        group="batch",
    ),
    Case(
        fault(
            "auto-mode-role", "node", "access", "node-class-role-not-mapped", "unauthorized to join", "AmazonEKSAutoNodePolicy",
            AUTO_MODE,
        ),
        karpenter(
            [condition("InstanceProfileReady", "False", "UnauthorizedNodeRole", "Role batch-node is unauthorized to join nodes to the cluster")],
            "NodeClass", "batch-node",
        ),
        group="batch",
    ),
    Case(
        fault("class-forbidden", "node", "scaling", "node-class-not-ready", "did not match any Subnets", "describe ec2nodeclass default"),
        karpenter([condition("SubnetsReady", "False", "SubnetsNotFound", "SubnetSelector did not match any Subnets")]),
        deny=(kube.CLASSES,),
        group="batch",
    ),
]


def told(case):
    """What it says live, and from what it saved."""
    docs = case.fault.inject(documents.load(documents.HEALTHY))
    with kube.Cluster(case.objects, case.deny) as cluster, tempfile.TemporaryDirectory() as scratch:
        docs[f"{CLUSTER}.json"]["cluster"]["endpoint"] = cluster.url
        config, folder = cluster.kubeconfig(Path(scratch) / "kubeconfig"), Path(scratch) / "saved"
        with StandIn(documents.Account(docs)) as server:
            options = ["--kubeconfig", config, "--group", case.group]
            said = triage.cluster(server, *options, "--save", folder)
            strange = server.strange
        kind = "nodegroup" if case.group == "workers" else "nodepool"
        files = triage.diagnose(folder, "--subject", f"{kind}/{case.group}")
        if any("PLANTED" in path.read_text() for path in folder.glob("*.json")):
            strange.append("what a pod runs was saved")
    return said, files, strange


def judged(case):
    def test():
        said, files, wrong = told(case)
        for one in (said, files):
            if case.state:
                state, text = one.links.get("node-join/scaling", ("not there", ""))
                if (state, case.note in text) != (case.state, True):
                    wrong.append(one.wrong(f"scaling is {state}, {text}: {case.state}, {case.note} expected"))
            else:
                wrong += live.fits(case.fault, one)
        return wrong + live.alike(said, files)

    return test


def trail(name, state, note, events=(), deny=(), calls=10):
    """Nothing was made; what CloudTrail has is no proof."""

    def test():
        docs = Fault(name, "", "creator", "", "", "", nothing(list(events))).inject(documents.load(documents.HEALTHY))
        with StandIn(documents.Account(docs), Rules(deny=deny)) as server:
            said = triage.cluster(server)
            wrong, asked = list(server.strange), server.calls["cloudtrail:LookupEvents"]
        found, text = said.links["node-join/creator"]
        if (found, note in text) != (state, True):
            wrong.append(said.wrong(f"creator is {found}, {text}: {state}, {note} expected"))
        if not 1 <= asked <= calls:
            wrong.append(f"{asked} calls of cloudtrail:LookupEvents")
        return wrong

    return test


def trimmed():
    """Of CloudTrail's events only what is read is saved."""
    fault_ = next(it for it in FAULTS if it.name == "trail-nodegroup")
    with StandIn(live.account(fault_)) as server, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "saved"
        triage.cluster(server, "--save", folder)
        saved = (folder / "lookup-events.json").read_text()
    return [f"saved: {saved}"] if any(it in saved for it in ("PLANTED", "198.51.100.7")) else []


def untold():
    """Of a healthy account nobody asks CloudTrail."""
    with StandIn(live.account()) as server:
        triage.cluster(server)
    asked = server.calls["cloudtrail:LookupEvents"]
    return [f"{asked} calls of cloudtrail:LookupEvents"] if asked else []


def cases():
    yield "compute/trail-not-asked", untold
    yield "compute/trail-trimmed", trimmed
    yield "compute/trail-empty", trail("empty", "unknown", "terraform apply")
    yield "compute/trail-forbidden", trail(
        "forbidden", "unknown", "cloudtrail:LookupEvents", deny=["cloudtrail:LookupEvents"], calls=1
    )
    other = event_of_trail(
        "CreateNodegroup", "eks.amazonaws.com", "AccessDenied",
        denied("eks:CreateNodegroup", CLUSTER_ARN.replace("prod", "stage")), {"name": "stage", "nodegroupName": "workers"},
    )
    yield "compute/trail-of-another-cluster", trail("other", "unknown", "terraform apply", [other])
    workload = event_of_trail(
        "RunInstances", "ec2.amazonaws.com", "Client.UnauthorizedOperation",
        denied("ec2:RunInstances", "arn:aws:ec2:us-west-2:111122223333:instance/*"), {"instancesSet": {}},
    )
    yield "compute/trail-of-a-workload", trail("workload", "unknown", "terraform apply", [workload])
    made = event_of_trail("CreateNodegroup", "eks.amazonaws.com", "", "", {"name": "prod"})
    yield "compute/trail-of-what-went-well", trail("made", "unknown", "terraform apply", [made])
    for case in CASES:
        yield f"compute/{case.fault.name}", judged(case)
