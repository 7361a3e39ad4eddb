"""The user data of the launch template: what a node's image makes of it, or cannot."""

import base64
import copy
import gzip
import json
from pathlib import Path

from faults.fault import GONE, NOT_JOINED, TEMPLATE, Fault

HEALTHY = Path(__file__).parents[1] / "healthy"
DATA = "LaunchTemplateVersions.0.LaunchTemplateData.UserData"
CLUSTER = json.loads((HEALTHY / "describe-cluster.json").read_text())["cluster"]

NODE_CONFIG = {
    "apiVersion": "node.eks.aws/v1alpha1",
    "kind": "NodeConfig",
    "spec": {
        "cluster": {
            "name": CLUSTER["name"],
            "apiServerEndpoint": CLUSTER["endpoint"],
            "certificateAuthority": CLUSTER["certificateAuthority"]["data"],
            "cidr": CLUSTER["kubernetesNetworkConfig"]["serviceIpv4Cidr"],
        }
    },
}
SCRIPT = "#!/bin/bash\nset -o xtrace\n/etc/eks/bootstrap.sh prod --kubelet-extra-args '--max-pods=110'\n"
HOME = "https://0A1B2C3D4E5F60718293A4B5C6D7E8F9.gr7.us-west-2.eks.amazonaws.com"
# A line of somebody's own, which no report and no saved file may repeat.
SECRET = "curl -H 'Authorization: Bearer canary-user-data' https://example.com/join"


def config(**cluster):
    """A NodeConfig with these fields of the cluster changed. YAML takes JSON as it is."""
    made = copy.deepcopy(NODE_CONFIG)
    for field, value in cluster.items():
        edited = made if field in ("apiVersion", "kind") else made["spec"]["cluster"]
        if value is GONE:
            del edited[field]
        else:
            edited[field] = value
    return json.dumps(made, indent=2)


def parts(*all_of_them):
    """As EKS joins what its owner gives with what it adds."""
    told = ['MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="//"\n']
    told += [f"--//\nContent-Type: {kind}\n\n{text}\n" for kind, text in all_of_them]
    return "\n".join(told) + "\n--//--\n"


def nodeadm(text):
    """Beside a script, which may hold anything."""
    script = ('text/x-shellscript; charset="us-ascii"', f"#!/bin/bash\n{SECRET}\n")
    return parts(script, ("application/node.eks.aws", text))


def given(text):
    """The template's user data is this."""
    data = text if isinstance(text, bytes) else text.encode()
    return NOT_JOINED + [(TEMPLATE, DATA, base64.b64encode(data).decode())]


def broken(name, fault, quote, edits, change="describe-cluster", link="user-data", **more):
    return Fault(name, "node", link, fault, quote, change, edits, **more)


FAULTS = [
    broken("data-none", "absent", "none", NOT_JOINED + [(TEMPLATE, DATA, GONE)]),
    broken("data-script-of-al2", "bootstrap-script", "bootstrap.sh", given(SCRIPT)),
    broken("data-script-of-al2-in-parts", "bootstrap-script", "bootstrap.sh", given(parts(("text/x-shellscript", SCRIPT)))),
    broken("data-script-alone", "no-node-config", "no NodeConfig", given(f"#!/bin/bash\n{SECRET}\n")),
    broken("data-cut-off", "broken", "bytes: ", given(gzip.compress(nodeadm(config()).encode(), mtime=0)[:-40]), "MIME"),
    broken("data-config-no-yaml", "broken", "no YAML", given(nodeadm("kind: NodeConfig\nspec: {cluster: [prod\n")), "MIME"),
    broken("data-of-another-api", "wrong-api-version", "v1beta9", given(nodeadm(config(apiVersion="node.eks.aws/v1beta9")))),
    broken("data-without-name", "no-name", "name: missing", given(nodeadm(config(name=GONE)))),
    broken("data-without-endpoint", "no-endpoint", "apiServerEndpoint: missing", given(nodeadm(config(apiServerEndpoint="")))),
    broken("data-without-authority", "no-ca", "certificateAuthority: missing", given(nodeadm(config(certificateAuthority=GONE)))),
    broken("data-without-range", "no-cidr", "cidr: missing", given(nodeadm(config(cidr=GONE)))),
    broken("data-of-another-cluster", "name-of-another-cluster", "name: staging", given(nodeadm(config(name="staging"))), "list-clusters",
        "cluster-config"),
    broken("data-of-an-older-endpoint", "endpoint-is-not-the-clusters", "0A1B2C3D", given(nodeadm(config(apiServerEndpoint=HOME))), "describe-cluster", "cluster-config"),
]
