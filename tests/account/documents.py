"""An account as a folder of what the AWS CLI prints, and the look-ups that AWS offers in it."""

import copy
import fnmatch
import json
import os
from pathlib import Path

import jmespath

from model import Lasting, Refusal

HEALTHY = Path(__file__).parent / "healthy"

# Lists of things that say themselves what they are.
GATHERED = (
    "Reservations InstanceStatuses LaunchTemplateVersions LaunchTemplates Images Vpcs Subnets RouteTables"
    " NatGateways InternetGateways NetworkAcls NetworkInterfaces SecurityGroups VpcEndpoints DhcpOptions"
    " Addresses AutoScalingGroups Activities LaunchConfigurations Stacks StackEvents"
    " OpenIDConnectProviderList Events SubnetIpv4CidrReservations"
).split()

# Things that come alone, by what names them.
NAMED = {
    "nodegroup": "nodegroupName",
    "accessEntry": "principalArn",
    "addon": "addonName",
    "insight": "id",
    "association": "associationId",
    "Role": "RoleName",
    "InstanceProfile": "InstanceProfileName",
    "Policy": "Arn",
}

# Things that do not say what they are of: the file's name ends with it.
OF_FILE = {
    "AttachedPolicies": "list-attached-role-policies-",
    "PolicyNames": "list-role-policies-",
    "PolicyVersion": "get-policy-version-",
}


def load(folder):
    """File names and documents of a folder."""
    return {path.name: json.loads(path.read_text()) for path in sorted(Path(folder).glob("*.json"))}


def save(documents, folder):
    os.makedirs(folder, exist_ok=True)
    for name, document in documents.items():
        (Path(folder) / name).write_text(json.dumps(document, indent=4) + "\n")


def merge(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    target = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        else:
            target[key] = merge(target.get(key), value)
    return target


class Account:
    """All that a folder says. It does not change after it was made."""

    def __init__(self, documents):
        self.lists = {key: [] for key in GATHERED}
        self.named = {key: {} for key in NAMED}
        self.of_file = {key: {} for key in OF_FILE}
        self.names = {}
        self.cluster, self.caller = None, None
        self.attributes, self.console, self.inline = {}, {}, {}
        self.indexes, self.kept = {}, {}
        for name, document in documents.items():
            self._take(name, lasting(document))
        arn = self.cluster["arn"] if self.cluster else "arn:aws:eks:us-west-2:111122223333:cluster/none"
        self.partition, _, self.region, self.id = arn.split(":")[1:5]

    def _take(self, name, document):
        for key, value in document.items():
            if key in self.lists:
                self.lists[key].extend(alone(value) if key == "Reservations" else value)
            elif key in NAMED:
                self.named[key][value[NAMED[key]]] = value
            elif key in OF_FILE:
                self.of_file[key][name.removesuffix(".json").removeprefix(OF_FILE[key])] = value
            elif key == "cluster":
                self.cluster = value
            elif isinstance(value, list):
                self.names[key] = value
        if "Account" in document:
            self.caller = document
        elif "PolicyDocument" in document:
            self.inline[document["RoleName"], document["PolicyName"]] = document
        elif "Output" in document:
            self.console[document["InstanceId"]] = document
        elif "VpcId" in document:
            attribute = next(key for key in document if key != "VpcId")
            self.attributes[document["VpcId"], attribute[:1].lower() + attribute[1:]] = document

    def find(self, key, path, value):
        """Whatever of a list has this value at this place."""
        return [self.lists[key][place] for place in self._index(key, path).get(value, ())]

    def matching(self, key, path, patterns):
        """Where in a list one of the patterns is met."""
        index = self._index(key, path)
        places = set()
        for pattern in patterns:
            if "*" in pattern or "?" in pattern:
                for value, found in index.items():
                    if fnmatch.fnmatchcase(value, pattern):
                        places.update(found)
            else:
                places.update(index.get(pattern, ()))
        return places

    def _index(self, key, path):
        if (key, path) not in self.indexes:
            index, search = {}, jmespath.compile(path).search
            for place, item in enumerate(self.lists[key]):
                for value in flat(search(item)):
                    index.setdefault(value, []).append(place)
            self.indexes[key, path] = index
        return self.indexes[key, path]

    def one(self, key, name, refusal):
        if name not in self.named[key]:
            raise Refusal(*refusal)
        return self.named[key][name]


def alone(reservations):
    """One reservation for each instance, so that pages end where AWS's may."""
    return [
        Lasting(reservation, Instances=[instance])
        for reservation in reservations
        for instance in reservation["Instances"]
    ]


def lasting(value):
    if isinstance(value, dict):
        return Lasting((key, lasting(item)) for key, item in value.items() if item is not None)
    if isinstance(value, list):
        return [lasting(item) for item in value]
    return value


def flat(value):
    if isinstance(value, list):
        for item in value:
            yield from flat(item)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif value is not None:
        yield str(value)
