"""The stand-in beside the AWS CLI: what a folder says comes back, on whatever pages."""

import json

import aws
import documents
from model import moment
from standin import Rules, StandIn


def commands(docs):
    """The command of the AWS CLI that gives each document of a folder."""
    for name, document in docs.items():
        stem = name.removesuffix(".json")
        for command in COMMANDS:
            if stem == command or stem.startswith(command + "-"):
                yield name, f"aws {COMMANDS[command](document, stem.removeprefix(command).lstrip('-'))}"
                break
        else:
            raise KeyError(f"{name}: by which command is it printed?")


def eks(action):
    return lambda *_: f"eks {action} --cluster-name prod"


def ec2(action):
    return lambda *_: f"ec2 {action}"


COMMANDS = {
    "describe-cluster": lambda doc, _: f"eks describe-cluster --name {doc['cluster']['name']}",
    "list-nodegroups": eks("list-nodegroups"),
    "describe-nodegroup": lambda _, what: f"eks describe-nodegroup --cluster-name prod --nodegroup-name {what}",
    "list-access-entries": eks("list-access-entries"),
    "describe-access-entry": lambda doc, _: "eks describe-access-entry --cluster-name prod --principal-arn "
    + doc["accessEntry"]["principalArn"],
    "list-addons": eks("list-addons"),
    "describe-addon": lambda _, what: f"eks describe-addon --cluster-name prod --addon-name {what}",
    "list-insights": eks("list-insights"),
    "describe-launch-template-versions": lambda _, what: "ec2 describe-launch-template-versions"
    f" --launch-template-id {what}",
    "describe-vpc-attribute": lambda doc, what: f"ec2 describe-vpc-attribute --vpc-id {doc['VpcId']} --attribute {what}",
    "get-role": lambda _, what: f"iam get-role --role-name {what}",
    "get-instance-profile": lambda _, what: f"iam get-instance-profile --instance-profile-name {what}",
    "list-attached-role-policies": lambda _, what: f"iam list-attached-role-policies --role-name {what}",
    "list-role-policies": lambda _, what: f"iam list-role-policies --role-name {what}",
    "list-open-id-connect-providers": lambda *_: "iam list-open-id-connect-providers",
    "get-caller-identity": lambda *_: "sts get-caller-identity",
    "describe-auto-scaling-groups": lambda *_: "autoscaling describe-auto-scaling-groups",
    "describe-scaling-activities": lambda _, what: f"autoscaling describe-scaling-activities"
    f" --auto-scaling-group-name {what}",
    "describe-stacks": lambda *_: "cloudformation describe-stacks",
    "describe-stack-events": lambda _, what: f"cloudformation describe-stack-events --stack-name {what}",
    "describe-instances": ec2("describe-instances"),
    "describe-instance-status": ec2("describe-instance-status --include-all-instances"),
    "describe-images": lambda doc, _: "ec2 describe-images --image-ids "
    + " ".join(image["ImageId"] for image in doc["Images"]),
    "describe-vpcs": ec2("describe-vpcs"),
    "describe-subnets": ec2("describe-subnets --filters Name=vpc-id,Values=vpc-0prod"),
    "describe-route-tables": ec2("describe-route-tables --filters Name=vpc-id,Values=vpc-0prod"),
    "describe-nat-gateways": ec2("describe-nat-gateways --filter Name=vpc-id,Values=vpc-0prod"),
    "describe-internet-gateways": ec2("describe-internet-gateways --filters Name=attachment.vpc-id,Values=vpc-0prod"),
    "describe-network-acls": ec2("describe-network-acls"),
    "describe-network-interfaces": ec2("describe-network-interfaces"),
    "describe-security-groups": ec2("describe-security-groups"),
    "describe-vpc-endpoints": ec2("describe-vpc-endpoints"),
    "describe-dhcp-options": ec2("describe-dhcp-options"),
}

# What AWS says of a thing that is not there.
ABSENT = {
    "aws eks describe-cluster --name other": "ResourceNotFoundException",
    "aws eks list-nodegroups --cluster-name other": "ResourceNotFoundException",
    "aws eks describe-nodegroup --cluster-name prod --nodegroup-name other": "ResourceNotFoundException",
    "aws eks describe-access-entry --cluster-name prod --principal-arn"
    " arn:aws:iam::111122223333:role/other": "ResourceNotFoundException",
    "aws eks describe-cluster --name prod --region eu-central-1": "ResourceNotFoundException",
    "aws ec2 describe-instances --instance-ids i-0fff": "InvalidInstanceID.NotFound",
    "aws ec2 describe-security-groups --group-ids sg-0fff": "InvalidGroup.NotFound",
    "aws ec2 describe-subnets --filters Name=colour,Values=red": "InvalidParameterValue",
    "aws ec2 describe-launch-template-versions --launch-template-id lt-0fff": "InvalidLaunchTemplateId.NotFound",
    "aws iam get-role --role-name other": "NoSuchEntity",
    "aws iam get-instance-profile --instance-profile-name other": "NoSuchEntity",
    "aws cloudformation describe-stacks --stack-name other": "ValidationError",
}


def normal(value, key=""):
    """Times as moments, and without what says nothing: the CLI's versions differ in these only."""
    if isinstance(value, dict):
        return {name: normal(item, name) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [normal(item) for item in value]
    if isinstance(value, str) and value[:2] == "20" and value[10:11] == "T":
        return moment(value).timestamp()
    if key.endswith("At") and isinstance(value, (int, float)):
        return moment(value).timestamp()
    return value


def gives_back():
    """Each document of the healthy folder is what the AWS CLI prints, also from pages of one."""
    docs, wrong = documents.load(documents.HEALTHY), []
    pairs = list(commands(docs))
    for size in (100, 1):
        with StandIn(documents.Account(docs), Rules(page=size)) as server:
            answers = aws.run_all(server.url, [command for _, command in pairs])
            wrong += server.strange
        for (name, command), (code, out, err) in zip(pairs, answers):
            if code != 0:
                wrong.append(f"{command}: {err.strip()}")
            elif normal(json.loads(out)) != normal(docs[name]):
                wrong.append(f"{command} (pages of {size}): not what {name} says: {out}")
        for action, count in server.calls.items():
            if size == 1 and action == "ec2:DescribeSubnets" and count != 3:
                wrong.append(f"{count} calls of {action} for three pages")
    return wrong


def lacks():
    """What the folder lacks is answered as AWS does."""
    wrong = []
    with StandIn(documents.Account(documents.load(documents.HEALTHY))) as server:
        for (command, code), answer in zip(ABSENT.items(), aws.run_all(server.url, list(ABSENT))):
            if f"({code})" not in answer[2]:
                wrong.append(f"{command}: {code} expected: {answer[2].strip() or answer[1]}")
    return wrong


def refuses():
    """What the rules refuse is refused as AWS does, in each protocol."""
    wrong, docs = [], documents.load(documents.HEALTHY)
    actions = {
        "eks:DescribeCluster": "aws eks describe-cluster --name prod",
        "ec2:DescribeVpcs": "aws ec2 describe-vpcs",
        "iam:GetRole": "aws iam get-role --role-name eks-node",
    }
    expected = {
        "denied": ("AccessDeniedException", "UnauthorizedOperation", "AccessDenied"),
        "expired": ("ExpiredTokenException", "RequestExpired", "ExpiredToken"),
        "throttled": ("ThrottlingException", "RequestLimitExceeded", "Throttling"),
    }
    rules = {
        "denied": Rules(deny=actions),
        "expired": Rules(expired=True),
        "throttled": Rules(throttle={"*": 1000}),
        "throttled once": Rules(throttle={"*": 1}),
    }
    for kind, rule in rules.items():
        with StandIn(documents.Account(docs), rule) as server:
            attempts = "1" if kind in expected else "3"
            answers = aws.run_all(server.url, list(actions.values()), AWS_MAX_ATTEMPTS=attempts)
        for place, (code, _, err) in enumerate(answers):
            if kind not in expected and code != 0:
                wrong.append(f"{kind}: {err.strip()}")
            if kind in expected and f"({expected[kind][place]})" not in err:
                wrong.append(f"{kind}: {expected[kind][place]} expected: {err.strip()}")
    return wrong


def cases():
    for test in (gives_back, lacks, refuses):
        yield f"standin/{test.__name__}", test


if __name__ == "__main__":
    for name, test in cases():
        print(name, *(test() or ["as expected"]), sep="\n  ")
