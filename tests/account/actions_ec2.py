"""What the actions of EC2 answer of an account."""

import base64

from listing import Listing
from model import Refusal


def vpc(key, id_member, missing, parameter, **filters):
    """A listing of things that are in a VPC."""
    return Listing(key, {parameter: id_member}, missing, {"vpc-id": "VpcId", **filters})


def template_versions(account, params):
    found = account.lists["LaunchTemplateVersions"]
    for name, kind in (("LaunchTemplateId", "Id"), ("LaunchTemplateName", "Name")):
        if name in params:
            found = account.find("LaunchTemplateVersions", name, params[name])
            if not found:
                code = "InvalidLaunchTemplateId.NotFound" if kind == "Id" else "InvalidLaunchTemplateName.NotFoundException"
                raise Refusal(code, f"The specified launch template, {params[name]}, does not exist.")
    versions = params.get("Versions")
    if not versions:
        return {"LaunchTemplateVersions": found}
    chosen = []
    for version in versions:
        if version == "$Latest":
            highest = {}
            for one in found:
                best = highest.setdefault(one["LaunchTemplateId"], one)
                if one["VersionNumber"] > best["VersionNumber"]:
                    highest[one["LaunchTemplateId"]] = one
            these = list(highest.values())
        elif version == "$Default":
            these = [one for one in found if one.get("DefaultVersion")]
        else:
            these = [one for one in found if str(one["VersionNumber"]) == version]
        if not these:
            text = f"Could not find the specified version {version} for the launch template."
            raise Refusal("InvalidLaunchTemplateId.VersionNotFound", text)
        chosen.extend(one for one in these if one not in chosen)
    return {"LaunchTemplateVersions": chosen}


def statuses(account, params):
    found = STATUSES(account, params)["InstanceStatuses"]
    if not params.get("IncludeAllInstances"):
        found = [one for one in found if one["InstanceState"]["Name"] == "running"]
    return {"InstanceStatuses": found}


STATUSES = Listing(
    "InstanceStatuses",
    {"InstanceIds": "InstanceId"},
    "InvalidInstanceID.NotFound",
    {"instance-state-name": "InstanceState.Name"},
    no_page_with_ids=True,
    most_ids=100,
)


def vpc_attribute(account, params):
    found = account.attributes.get((params["VpcId"], params["Attribute"]))
    if found is None:
        raise Refusal("InvalidVpcID.NotFound", f"The vpc ID '{params['VpcId']}' does not exist")
    return dict(found)


def console_output(account, params):
    name = params["InstanceId"]
    if not account.find("Reservations", "Instances[].InstanceId", name):
        raise Refusal("InvalidInstanceID.NotFound", f"The instance ID '{name}' does not exist")
    found = dict(account.console.get(name, {"InstanceId": name}))
    if "Output" in found:
        found["Output"] = base64.b64encode(found["Output"].encode()).decode()
    return found


def cidr_reservations(account, params):
    name = params["SubnetId"]
    if not account.find("Subnets", "SubnetId", name):
        raise Refusal("InvalidSubnetID.NotFound", f"The subnet ID '{name}' does not exist")
    return {
        "SubnetIpv4CidrReservations": account.find("SubnetIpv4CidrReservations", "SubnetId", name),
        "SubnetIpv6CidrReservations": [],
    }


INSTANCE = "Instances[]"

ACTIONS = {
    "ec2:DescribeInstances": Listing(
        "Reservations",
        {"InstanceIds": f"{INSTANCE}.InstanceId"},
        "InvalidInstanceID.NotFound",
        {
            "vpc-id": f"{INSTANCE}.VpcId",
            "subnet-id": f"{INSTANCE}.SubnetId",
            "instance-id": f"{INSTANCE}.InstanceId",
            "instance-state-name": f"{INSTANCE}.State.Name",
            "private-dns-name": f"{INSTANCE}.PrivateDnsName",
            "private-ip-address": f"{INSTANCE}.PrivateIpAddress",
            "iam-instance-profile.arn": f"{INSTANCE}.IamInstanceProfile.Arn",
        },
        tags=f"{INSTANCE}.Tags",
        no_page_with_ids=True,
    ),
    "ec2:DescribeInstanceStatus": statuses,
    "ec2:DescribeLaunchTemplateVersions": template_versions,
    "ec2:DescribeImages": Listing(
        "Images", {"ImageIds": "ImageId"}, "InvalidAMIID.NotFound", {"image-id": "ImageId", "name": "Name"}
    ),
    "ec2:DescribeVpcs": Listing("Vpcs", {"VpcIds": "VpcId"}, "InvalidVpcID.NotFound", {"vpc-id": "VpcId"}),
    "ec2:DescribeVpcAttribute": vpc_attribute,
    "ec2:DescribeDhcpOptions": Listing(
        "DhcpOptions",
        {"DhcpOptionsIds": "DhcpOptionsId"},
        "InvalidDhcpOptionID.NotFound",
        {"dhcp-options-id": "DhcpOptionsId"},
    ),
    "ec2:DescribeSubnets": vpc(
        "Subnets", "SubnetId", "InvalidSubnetID.NotFound", "SubnetIds", **{"subnet-id": "SubnetId"}
    ),
    "ec2:DescribeRouteTables": vpc(
        "RouteTables",
        "RouteTableId",
        "InvalidRouteTableID.NotFound",
        "RouteTableIds",
        **{
            "route-table-id": "RouteTableId",
            "association.subnet-id": "Associations[].SubnetId",
            "association.main": "Associations[].Main",
        },
    ),
    "ec2:DescribeNatGateways": vpc(
        "NatGateways",
        "NatGatewayId",
        "NatGatewayNotFound",
        "NatGatewayIds",
        **{"nat-gateway-id": "NatGatewayId", "subnet-id": "SubnetId", "state": "State"},
    ),
    "ec2:DescribeInternetGateways": Listing(
        "InternetGateways",
        {"InternetGatewayIds": "InternetGatewayId"},
        "InvalidInternetGatewayID.NotFound",
        {"attachment.vpc-id": "Attachments[].VpcId", "internet-gateway-id": "InternetGatewayId"},
    ),
    "ec2:DescribeNetworkAcls": vpc(
        "NetworkAcls",
        "NetworkAclId",
        "InvalidNetworkAclID.NotFound",
        "NetworkAclIds",
        **{"association.subnet-id": "Associations[].SubnetId"},
    ),
    "ec2:DescribeNetworkInterfaces": vpc(
        "NetworkInterfaces",
        "NetworkInterfaceId",
        "InvalidNetworkInterfaceID.NotFound",
        "NetworkInterfaceIds",
        **{
            "description": "Description",
            "subnet-id": "SubnetId",
            "group-id": "Groups[].GroupId",
            "status": "Status",
            "requester-managed": "RequesterManaged",
            "attachment.instance-id": "Attachment.InstanceId",
        },
    ),
    "ec2:DescribeSecurityGroups": vpc(
        "SecurityGroups",
        "GroupId",
        "InvalidGroup.NotFound",
        "GroupIds",
        **{"group-id": "GroupId", "group-name": "GroupName"},
    ),
    "ec2:DescribeVpcEndpoints": vpc(
        "VpcEndpoints",
        "VpcEndpointId",
        "InvalidVpcEndpointId.NotFound",
        "VpcEndpointIds",
        **{"service-name": "ServiceName", "vpc-endpoint-id": "VpcEndpointId"},
    ),
    "ec2:GetConsoleOutput": console_output,
    "ec2:GetSubnetCidrReservations": cidr_reservations,
}
