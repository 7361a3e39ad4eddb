"""What each action answers of an account: whole lists, which the server cuts into pages."""

import actions_ec2
from listing import Listing
from model import Refusal


def of_cluster(answer):
    """An action of EKS on a cluster."""

    def checked(account, params):
        name = params.get("clusterName", params.get("name"))
        if account.cluster is None or account.cluster["name"] != name:
            raise Refusal("ResourceNotFoundException", f"No cluster found for name: {name}.", 404)
        return answer(account, params)

    return checked


def named(key, parameter, text):
    refuse = lambda name: ("ResourceNotFoundException", text.format(name), 404)
    return of_cluster(lambda account, params: {key: account.one(key, params[parameter], refuse(params[parameter]))})


def names(key, things=None):
    """Names as the folder lists them, or those of the things that it describes."""

    def listed(account, _):
        return {key: account.names.get(key, list(account.named[things]) if things else [])}

    return of_cluster(listed)


def access_entries(answer):
    def allowed(account, params):
        if account.cluster.get("accessConfig", {}).get("authenticationMode") == "CONFIG_MAP":
            text = (
                "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP]"
                " to perform this operation."
            )
            raise Refusal("InvalidRequestException", text)
        return answer(account, params)

    return of_cluster(allowed)


def no_entity(what, name):
    return "NoSuchEntity", f"The {what} with name {name} cannot be found.", 404


def role(account, params):
    return {"Role": account.one("Role", params["RoleName"], no_entity("role", params["RoleName"]))}


def of_role(key):
    def listed(account, params):
        role(account, params)
        return {key: account.of_file[key].get(params["RoleName"], [])}

    return listed


def role_policy(account, params):
    found = account.inline.get((params["RoleName"], params["PolicyName"]))
    if found is None:
        raise Refusal(*no_entity("role policy", params["PolicyName"]))
    return found


def instance_profile(account, params):
    name = params["InstanceProfileName"]
    text = f"Instance Profile {name} cannot be found."
    return {"InstanceProfile": account.one("InstanceProfile", name, ("NoSuchEntity", text, 404))}


def profiles_of_role(account, params):
    role(account, params)
    of_this = lambda it: any(one["RoleName"] == params["RoleName"] for one in it["Roles"])
    return {"InstanceProfiles": [it for it in account.named["InstanceProfile"].values() if of_this(it)]}


def policy(account, params):
    arn = params["PolicyArn"]
    text = f"Policy {arn} does not exist or is not attachable."
    return {"Policy": account.one("Policy", arn, ("NoSuchEntity", text, 404))}


def policy_version(account, params):
    found = account.of_file["PolicyVersion"].get(params["PolicyArn"].rpartition("/")[2])
    if found is None:
        text = f"Policy {params['PolicyArn']} version {params['VersionId']} does not exist or is not attachable."
        raise Refusal("NoSuchEntity", text, 404)
    return {"PolicyVersion": found}


def activities(account, params):
    name = params.get("AutoScalingGroupName")
    if name is None:
        return {"Activities": account.lists["Activities"]}
    found = account.find("Activities", "AutoScalingGroupName", name)
    if not found and not params.get("IncludeDeletedGroups"):
        if not account.find("AutoScalingGroups", "AutoScalingGroupName", name):
            text = f"AutoScalingGroup name not found - no such group: {name}"
            raise Refusal("ValidationError", text)
    return {"Activities": found}


def stacks(account, params):
    name = params.get("StackName")
    if name is None:
        return {"Stacks": account.lists["Stacks"]}
    path = "StackId" if name.startswith("arn:") else "StackName"
    found = account.find("Stacks", path, name)
    if not found:
        raise Refusal("ValidationError", f"Stack with id {name} does not exist")
    return {"Stacks": found}


def stack_events(account, params):
    name = stacks(account, params)["Stacks"][0]["StackName"]
    return {"StackEvents": account.find("StackEvents", "StackName", name)}


def trail(account, params):
    wanted = {it["AttributeKey"]: it["AttributeValue"] for it in params.get("LookupAttributes", [])}
    of = lambda event: all(event[key] == value for key, value in wanted.items())
    return {"Events": [event for event in account.lists["Events"] if of(event)]}


def caller(account, _):
    return dict(account.caller or {"Account": account.id})


def provider(account, params):
    arn = params["OpenIDConnectProviderArn"]
    if not account.find("OpenIDConnectProviderList", "Arn", arn):
        raise Refusal("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}")
    return {"Url": arn.partition("/")[2], "ClientIDList": account.names.get("ClientIDList", ["sts.amazonaws.com"])}


ACTIONS = actions_ec2.ACTIONS | {
    "sts:GetCallerIdentity": caller,
    "eks:ListClusters": lambda account, _: {"clusters": [account.cluster["name"]] if account.cluster else []},
    "eks:DescribeCluster": of_cluster(lambda account, _: {"cluster": account.cluster}),
    "eks:ListNodegroups": names("nodegroups", "nodegroup"),
    "eks:DescribeNodegroup": named("nodegroup", "nodegroupName", "No node group found for name: {}."),
    "eks:ListAccessEntries": access_entries(names("accessEntries", "accessEntry")),
    "eks:DescribeAccessEntry": access_entries(
        named("accessEntry", "principalArn", "The specified principalArn could not be found: {}")
    ),
    "eks:ListAddons": names("addons", "addon"),
    "eks:DescribeAddon": named("addon", "addonName", "No addon: {} found in cluster"),
    "eks:ListInsights": names("insights"),
    "eks:DescribeInsight": named("insight", "id", "No insight found for id {}"),
    "eks:ListPodIdentityAssociations": names("associations"),
    "iam:GetRole": role,
    "iam:ListAttachedRolePolicies": of_role("AttachedPolicies"),
    "iam:ListRolePolicies": of_role("PolicyNames"),
    "iam:GetRolePolicy": role_policy,
    "iam:GetInstanceProfile": instance_profile,
    "iam:ListInstanceProfiles": lambda account, _: {
        "InstanceProfiles": list(account.named["InstanceProfile"].values())
    },
    "iam:ListInstanceProfilesForRole": profiles_of_role,
    "iam:GetPolicy": policy,
    "iam:GetPolicyVersion": policy_version,
    "iam:ListOpenIDConnectProviders": lambda account, _: {
        "OpenIDConnectProviderList": account.lists["OpenIDConnectProviderList"]
    },
    "iam:GetOpenIDConnectProvider": provider,
    "autoscaling:DescribeAutoScalingGroups": Listing(
        "AutoScalingGroups", {"AutoScalingGroupNames": "AutoScalingGroupName"}, most_ids=50
    ),
    "autoscaling:DescribeScalingActivities": activities,
    "cloudformation:DescribeStacks": stacks,
    "cloudformation:DescribeStackEvents": stack_events,
    "cloudtrail:LookupEvents": trail,
}
