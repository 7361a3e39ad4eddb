"""moto, an independent stand-in of AWS: an account made by calls of boto3, then broken by them.

It knows no access entries, add-ons and insights of EKS, and no console output of it: what hangs on
those is unknown, and nothing is said to be broken. It makes no control plane's interfaces and no Auto
Scaling group for a node group, and leaves a cluster's VPC and security group out, which AWS always
names: these are put in by `complete`.
"""

import base64
import json
import logging
import os
import threading
from dataclasses import dataclass

import boto3

import documents
import triage

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly", "AmazonEKS_CNI_Policy")
# One server for all, because what moto holds is its process's: each case has a region and names of its own.
REGIONS = iter(("us-west-2", "us-east-1", "us-east-2", "eu-west-1", "eu-central-1", "ap-south-1", "us-west-1"))
STARTING = threading.Lock()


@dataclass
class Made:
    """One account's cluster, and what the faults change of it."""

    region: str
    role: str
    vpc: str = ""
    private: str = ""
    nat: str = ""
    ec2: object = None
    iam: object = None
    eks: object = None
    scaling: object = None
    group: str = ""
    security: str = ""

    def call(self, service):
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        return boto3.client(service, region_name=self.region, endpoint_url=server(), **keys)


def authority():
    """A certificate: moto's own is none."""
    with open(documents.HEALTHY / "describe-cluster.json", encoding="utf-8") as file:
        return json.load(file)["cluster"]["certificateAuthority"]["data"]


def server():
    """Where moto listens; started when it is first needed."""
    with STARTING:
        if not hasattr(server, "url"):
            # It reads this when it is loaded.
            os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
            from moto.server import ThreadedMotoServer

            logging.getLogger("werkzeug").setLevel(logging.ERROR)
            moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
            moto.start()
            server.url = "http://{}:{}".format(*moto.get_host_and_port())
    return server.url


def make():
    """A cluster whose private nodes leave through a NAT gateway."""
    region = next(REGIONS)
    made = Made(region, f"eks-node-{region}")
    made.ec2, made.iam, made.eks = made.call("ec2"), made.call("iam"), made.call("eks")
    made.scaling = made.call("autoscaling")
    subnets = network(made)
    roles(made)
    made.eks.create_cluster(
        name="prod",
        version="1.34",
        roleArn=f"arn:aws:iam::123456789012:role/cluster-{region}",
        resourcesVpcConfig={"subnetIds": subnets, "endpointPublicAccess": True, "endpointPrivateAccess": False},
    )
    complete(made, subnets)
    nodes(made, subnets)
    return made


def complete(made, subnets):
    """What EKS makes and tells by itself."""
    from moto.backends import get_backend

    made.security = made.ec2.create_security_group(GroupName="cluster", Description="EKS", VpcId=made.vpc)["GroupId"]
    within = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": made.security}]}]
    made.ec2.authorize_security_group_ingress(GroupId=made.security, IpPermissions=within)
    for subnet in subnets:
        made.ec2.create_network_interface(SubnetId=subnet, Description="Amazon EKS prod", Groups=[made.security])
    config = get_backend("eks")["123456789012"][made.region].clusters["prod"].resources_vpc_config
    config |= {"vpcId": made.vpc, "clusterSecurityGroupId": made.security}
    config |= {"securityGroupIds": [], "publicAccessCidrs": ["0.0.0.0/0"]}


def network(made):
    ec2 = made.ec2
    made.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=made.vpc, **{attribute: {"Value": True}})
    # Else it is said to have none, where AWS gives a region's default.
    given = {"domain-name-servers": "AmazonProvidedDNS", "domain-name": f"{made.region}.compute.internal"}
    configuration = [{"Key": key, "Values": [value]} for key, value in given.items()]
    options = ec2.create_dhcp_options(DhcpConfigurations=configuration)["DhcpOptions"]["DhcpOptionsId"]
    ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=made.vpc)
    subnet = lambda cidr, zone: ec2.create_subnet(
        VpcId=made.vpc, CidrBlock=cidr, AvailabilityZone=f"{made.region}{zone}"
    )["Subnet"]["SubnetId"]
    zones = [it["ZoneName"][-1] for it in ec2.describe_availability_zones()["AvailabilityZones"]]
    one, two, public = subnet("10.0.0.0/19", zones[0]), subnet("10.0.32.0/19", zones[1]), subnet("10.0.96.0/24", zones[0])
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=made.vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made.nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    table = lambda: ec2.create_route_table(VpcId=made.vpc)["RouteTable"]["RouteTableId"]
    made.private, outside = table(), table()
    ec2.create_route(RouteTableId=outside, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.create_route(RouteTableId=made.private, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=made.nat)
    for chosen, these in ((made.private, (one, two)), (outside, (public,))):
        for it in these:
            ec2.associate_route_table(RouteTableId=chosen, SubnetId=it)
    return [one, two]


def roles(made):
    made.iam.create_role(RoleName=f"cluster-{made.region}", AssumeRolePolicyDocument=json.dumps(TRUST))
    made.iam.create_role(RoleName=made.role, AssumeRolePolicyDocument=json.dumps(TRUST))
    for name in POLICIES:
        made.iam.attach_role_policy(RoleName=made.role, PolicyArn=f"arn:aws:iam::aws:policy/{name}")
    made.iam.create_instance_profile(InstanceProfileName=made.role)
    made.iam.add_role_to_instance_profile(InstanceProfileName=made.role, RoleName=made.role)


def nodes(made, subnets):
    cluster = made.eks.describe_cluster(name="prod")["cluster"]
    group = made.eks.create_nodegroup(
        clusterName="prod",
        nodegroupName="workers",
        version="1.34",
        subnets=subnets,
        nodeRole=f"arn:aws:iam::123456789012:role/{made.role}",
        instanceTypes=["m6i.large"],
        amiType="AL2023_x86_64_STANDARD",
        scalingConfig={"minSize": 1, "maxSize": 4, "desiredSize": 2},
    )["nodegroup"]
    made.group = group["resources"]["autoScalingGroups"][0]["name"]
    image = made.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    config = f"""MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: application/node.eks.aws

---
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  cluster:
    name: prod
    apiServerEndpoint: {cluster["endpoint"]}
    certificateAuthority: {authority()}
    cidr: {cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"]}

--//--
"""
    template = made.ec2.create_launch_template(
        LaunchTemplateName=made.group,
        LaunchTemplateData={
            "ImageId": image,
            "InstanceType": "m6i.large",
            "IamInstanceProfile": {"Name": made.role},
            "SecurityGroupIds": [made.security],
            "UserData": base64.b64encode(config.encode()).decode(),
        },
    )["LaunchTemplate"]["LaunchTemplateId"]
    tags = {"eks:cluster-name": "prod", "eks:nodegroup-name": "workers", "kubernetes.io/cluster/prod": "owned"}
    made.scaling.create_auto_scaling_group(
        AutoScalingGroupName=made.group,
        LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
        MinSize=1,
        MaxSize=4,
        DesiredCapacity=2,
        VPCZoneIdentifier=",".join(subnets),
        Tags=[
            {"ResourceId": made.group, "ResourceType": "auto-scaling-group", "Key": key, "Value": value, "PropagateAtLaunch": True}
            for key, value in tags.items()
        ],
    )


def ask(made):
    return triage.run("cluster", "prod", "--region", made.region, "-o", "json", url=server(), region=made.region)


def honest():
    """Nothing is broken, and what moto cannot tell is unknown."""
    said = ask(make())
    wrong = []
    if said.code != triage.UNDECIDED:
        wrong.append(said.wrong("undecided expected, as access entries could not be read"))
    broken = [name for name, (state, _) in said.links.items() if state == "broken"]
    if broken:
        wrong.append(f"broken in a healthy account: {broken}")
    if said.links.get("node-join/access", ("",))[0] != "unknown":
        wrong.append(f"without access entries unknown: {said.links.get('node-join/access')}")
    # Whether an add-on has a role of its own does not matter, as the node role has all that it needs.
    for name in ("node-role", "node-policies", "instance-profile", "path-to-cluster"):
        if said.links.get(f"node-join/{name}", ("",))[0] != "intact":
            wrong.append(f"intact expected: {name}: {said.links.get(f'node-join/{name}')}")
    return wrong


def route_deleted(made):
    made.ec2.delete_route(RouteTableId=made.private, DestinationCidrBlock="0.0.0.0/0")


def nat_deleted(made):
    made.ec2.delete_nat_gateway(NatGatewayId=made.nat)


def policy_detached(made):
    made.iam.detach_role_policy(RoleName=made.role, PolicyArn=f"arn:aws:iam::aws:policy/{POLICIES[1]}")


def trust_of_another(made):
    document = json.dumps(TRUST).replace("ec2.amazonaws.com", "lambda.amazonaws.com")
    made.iam.update_assume_role_policy(RoleName=made.role, PolicyDocument=document)


def profile_emptied(made):
    made.iam.remove_role_from_instance_profile(InstanceProfileName=made.role, RoleName=made.role)


FAULTS = {
    route_deleted: ("network", "path-to-cluster"),
    nat_deleted: ("network", "path-to-cluster"),
    policy_detached: ("node", "node-policies"),
    trust_of_another: ("node", "node-role"),
    profile_emptied: ("node", "instance-profile"),
}


def broken(fault, plane, link):
    def test():
        made = make()
        fault(made)
        said = ask(made)
        outcome, found, _, where, _ = said.verdict
        if (outcome, found, where) != ("decided", plane, link):
            return [said.wrong(f"{plane} {link} expected")]
        return []

    return test


def cases():
    yield "moto/healthy", honest
    for fault, (plane, link) in FAULTS.items():
        yield f"moto/{fault.__name__.replace('_', '-')}", broken(fault, plane, link)
