//! What keeps a group from launching the nodes that are wanted.

use crate::chain::{Common, Fault, Plane};

const GROUP: &str = "the owner of the node group";
const ACCOUNT: &str = "the administrator of the account";

const OURS: Common = Common {
    plane: Plane::Node,
    owner: GROUP,
    impact: "new nodes of the group; those that are there are not touched",
    verify: "kubectl get nodes --watch",
    expect: "a new node, Ready, within some minutes",
};

const ACTIVITIES: &str = "aws autoscaling describe-scaling-activities --auto-scaling-group-name <scaling-group> --max-items 3 --query 'Activities[].[StartTime,StatusCode,StatusMessage]'";

const OF_GROUP: Common =
    Common { verify: ACTIVITIES, expect: "the newest activity is Successful", ..OURS };

pub(super) static DESIRED_ZERO: Fault = OURS.fault(
    "desired-zero",
    "nobody asks the group for a node: its desired size is 0",
    "ask for as many nodes as are wanted, or let an autoscaler do it",
    "# a managed node group:\n\
     aws eks update-nodegroup-config --cluster-name <cluster> --nodegroup-name <node-group> --scaling-config desiredSize=1\n\
     # another Auto Scaling group:\n\
     aws autoscaling set-desired-capacity --auto-scaling-group-name <scaling-group> --desired-capacity 1\n\
     # an autoscaler is to do it? its log says why it does not: kubectl -n kube-system logs deployment/cluster-autoscaler --tail=100",
);
pub(super) static AT_MAXIMUM: Fault = OURS.fault(
    "maximum-reached",
    "the group has as many nodes as it may, and more are wanted",
    "raise the maximum of the group, or let the workload ask for less",
    "# a managed node group:\n\
     aws eks update-nodegroup-config --cluster-name <cluster> --nodegroup-name <node-group> --scaling-config maxSize=MORE\n\
     # another Auto Scaling group:\n\
     aws autoscaling update-auto-scaling-group --auto-scaling-group-name <scaling-group> --max-size MORE",
);
pub(super) static GONE: Fault = OF_GROUP.fault(
    "scaling-group-gone",
    "the group's Auto Scaling group does not exist any more",
    "make the group of nodes anew, by whatever made it",
    "aws autoscaling describe-auto-scaling-groups --query 'AutoScalingGroups[].AutoScalingGroupName'\n\
     aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteAutoScalingGroup --max-items 5",
);
pub(super) static LAUNCH_SUSPENDED: Fault = OF_GROUP.fault(
    "launch-suspended",
    "Auto Scaling group <scaling-group> launches nothing: its process Launch is suspended",
    "resume the process, once whoever suspended it is done",
    "aws autoscaling resume-processes --auto-scaling-group-name <scaling-group> --scaling-processes Launch\n\
     # who suspended it: AWS itself does so after failing for days, else\n\
     aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=SuspendProcesses --max-items 5",
);
pub(super) static NO_CAPACITY: Fault = OF_GROUP.fault(
    "no-capacity",
    "EC2 has no capacity for the instance types of this group where it launches them",
    "let the group have more instance types and zones, or On-Demand beside Spot; else wait",
    "aws ec2 describe-instance-type-offerings --location-type availability-zone --filters Name=instance-type,Values=<instance-type>\n\
     aws ec2 get-spot-placement-scores --target-capacity 2 --region-names <region> --instance-types <instance-type>    # of Spot\n\
     # a managed node group cannot change its instance types: a new one beside it can; Karpenter: widen the NodePool's requirements",
);
pub(super) static QUOTA: Fault = Fault {
    owner: ACCOUNT,
    ..OF_GROUP.fault(
        "quota",
        "the account's EC2 quota for this kind of instance is used up",
        "have the quota raised, or launch instances of a kind that has some left",
        "aws service-quotas list-service-quotas --service-code ec2 --query 'Quotas[?contains(QuotaName,`On-Demand`)].[QuotaName,Value,QuotaCode]'\n\
         aws service-quotas request-service-quota-increase --service-code ec2 --quota-code CODE --desired-value MORE    # in vCPUs",
    )
};
pub(super) static SPOT_QUOTA: Fault = Fault {
    owner: ACCOUNT,
    ..OF_GROUP.fault(
        "spot-quota",
        "the account's quota for Spot Instances is used up",
        "have the quota raised, or launch On-Demand",
        "aws service-quotas list-service-quotas --service-code ec2 --query 'Quotas[?contains(QuotaName,`Spot`)].[QuotaName,Value,QuotaCode]'\n\
         aws service-quotas request-service-quota-increase --service-code ec2 --quota-code CODE --desired-value MORE    # in vCPUs",
    )
};
pub(super) static SPOT_PRICE: Fault = OF_GROUP.fault(
    "spot-price-too-low",
    "the group's maximum price for Spot Instances is lower than what they cost",
    "leave the maximum price out: then it is the On-Demand price",
    "aws ec2 describe-spot-price-history --instance-types <instance-type> --product-descriptions Linux/UNIX --max-items 5\n\
     # the price is in the launch template (InstanceMarketOptions) or in the group's mixed instances policy (SpotMaxPrice)",
);
pub(super) static TYPE_IN_ZONE: Fault = OF_GROUP.fault(
    "instance-type-not-in-zone",
    "a zone of this group does not offer its instance type",
    "take that zone's subnet out of the group, or give the group a type that each of its zones offers",
    "aws ec2 describe-instance-type-offerings --location-type availability-zone --filters Name=instance-type,Values=<instance-type> --query 'InstanceTypeOfferings[].[InstanceType,Location]'\n\
     # neither subnets nor types of a managed node group can be changed: make it anew with those that fit",
);
pub(super) static NO_ADDRESSES: Fault = Fault {
    plane: Plane::Network,
    owner: "the owner of the VPC, with the owner of the node group",
    ..OF_GROUP.fault(
        "no-free-addresses",
        "a subnet of this group has no address left for a new node",
        "free addresses there, or make the group in subnets that have some",
        "aws ec2 describe-subnets --filters Name=vpc-id,Values=<vpc> --query 'Subnets[].[SubnetId,AvailabilityZone,AvailableIpAddressCount]'\n\
         aws ec2 describe-network-interfaces --filters Name=vpc-id,Values=<vpc> Name=status,Values=available --query 'NetworkInterfaces[].[NetworkInterfaceId,SubnetId,Description]'    # left over? delete them",
    )
};
pub(super) static RESERVATION: Fault = OF_GROUP.fault(
    "reservation-used-up",
    "the capacity reservation that this group launches into has nothing left",
    "enlarge the reservation, or let the group launch beside it",
    "aws ec2 describe-capacity-reservations --query 'CapacityReservations[].[CapacityReservationId,InstanceType,AvailabilityZone,State,AvailableInstanceCount]'",
);
pub(super) static FREE_TIER: Fault = Fault {
    owner: ACCOUNT,
    ..OF_GROUP.fault(
        "free-tier",
        "the account is on the Free Tier plan, which does not let it launch this instance type",
        "upgrade the account's plan, or use an instance type of the Free Tier",
        "aws ec2 describe-instance-types --filters Name=free-tier-eligible,Values=true --query 'InstanceTypes[].InstanceType'",
    )
};
pub(super) static FLEET_QUOTA: Fault = Fault {
    owner: ACCOUNT,
    ..OURS.fault(
        "fleet-quota",
        "the account has as many fleets as it may, and Karpenter launches each node by one",
        "have the quota raised, or let fewer nodes be launched at once",
        "aws service-quotas list-service-quotas --service-code ec2fleet --query 'Quotas[].[QuotaName,Value,QuotaCode]'",
    )
};
const OF_CLASS: Common = Common {
    owner: "the owner of node class <resource>",
    verify: "kubectl get <resource-kind> <resource> -o jsonpath='{.status.conditions}'",
    expect: "each condition True, and a new node within some minutes",
    ..OURS
};

pub(super) static CLASS_WITHOUT_SUBNETS: Fault = OF_CLASS.fault(
    "node-class-without-subnets",
    "NodePool <node-pool> launches nothing: the selector of its node class <resource> matches no subnet",
    "let the selector name the subnets of the nodes, or tag these as it demands",
    "kubectl get <resource-kind> <resource> -o jsonpath='{.spec.subnetSelectorTerms}'    # an id, or all tags of one term\n\
     aws ec2 describe-subnets --filters Name=vpc-id,Values=<vpc> --query 'Subnets[].[SubnetId,AvailabilityZone,Tags]'\n\
     # the subnets are the right ones and lack the tag? aws ec2 create-tags --resources SUBNET --tags Key=KEY,Value=VALUE",
);
pub(super) static CLASS_WITHOUT_GROUPS: Fault = OF_CLASS.fault(
    "node-class-without-security-groups",
    "NodePool <node-pool> launches nothing: the selector of its node class <resource> matches no security group",
    "let the selector name the security groups of the nodes, or tag these as it demands",
    "kubectl get <resource-kind> <resource> -o jsonpath='{.spec.securityGroupSelectorTerms}'    # an id, a name, or all tags of one term\n\
     aws ec2 describe-security-groups --filters Name=vpc-id,Values=<vpc> --query 'SecurityGroups[].[GroupId,GroupName,Tags]'\n\
     # the group is the right one and lacks the tag? aws ec2 create-tags --resources GROUP --tags Key=KEY,Value=VALUE",
);
pub(super) static CLASS_WITHOUT_IMAGE: Fault = OF_CLASS.fault(
    "node-class-without-image",
    "NodePool <node-pool> launches nothing: the selector of its node class <resource> matches no image",
    "let the selector name an image that this account may use in this region, or an alias that Karpenter knows",
    "kubectl get <resource-kind> <resource> -o jsonpath='{.spec.amiSelectorTerms}'    # an alias such as al2023@latest, an id, a name, or tags\n\
     aws ec2 describe-images --owners self amazon --filters 'Name=name,Values=NAME*' --query 'Images[].[ImageId,Name,CreationDate]'",
);
pub(super) static CLASS_NOT_READY: Fault = OF_CLASS.fault(
    "node-class-not-ready",
    "NodePool <node-pool> launches nothing: its node class <resource> is not ready",
    "mend what the condition of the node class names: its AMIs, subnets, security groups, or instance profile",
    "kubectl get <resource-kind> <resource> -o jsonpath='{.status.conditions}'\n\
     kubectl describe <resource-kind> <resource>    # a selector that matches nothing? tags of subnets and security groups",
);
pub(super) static POOL_LIMIT: Fault = OURS.fault(
    "pool-limit",
    "the NodePool's limits are reached, and more nodes are wanted",
    "raise the limits of the NodePool, or let the workload ask for less",
    "kubectl get nodepools -o custom-columns=NAME:.metadata.name,LIMITS:.spec.limits,USED:.status.resources",
);
