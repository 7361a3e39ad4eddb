//! The subnet has addresses left, and whole blocks of them.

use super::{allocating, of_group, refused, subnets};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::Facts,
};

pub(super) static LINK: Link = Link {
    id: "subnet-addresses",
    title: "addresses in the subnet",
    means: "The subnet that the node's interfaces are in has free addresses; with prefix delegation, a contiguous /28.",
    judged: "Intact while ipamd has an address to give. EC2's refusal, in ipamd's log and counted in its metrics, tells a full subnet from a fragmented one. So do the counts, where a pod waits for an address: none free is full; with prefix delegation, what the interfaces of the subnet have tells whether any aligned /28 is whole, which describe-subnets alone, counting addresses, does not; but where fewer addresses are taken than there are blocks, one is. Of a group of nodes the account counts what is left of all of its subnets; blocks are counted of the interfaces in them and of what is reserved there, where few addresses are free or the add-on is configured for prefixes. Whoever was not seen may have any block: there are so many at least, and so many at most. After a refusal ipamd waits for two minutes.",
    sources: &[
        "aws/amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, v1.23.1",
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html",
    ],
    faults: &[&FULL, &FRAGMENTED, &NONE_FOR_NODES, &NO_BLOCK_FOR_NODES],
    signs: &[
        Sign::new(
            "InsufficientFreeAddressesInSubnet",
            "Failed to allocate a private IP/Prefix addresses on ENI eni-1: InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses to satisfy the request.",
            "https://github.com/aws/amazon-vpc-cni-k8s/pull/1781",
            &[Way(&LINK, &FULL)],
        ),
        Sign::new(
            "does not have enough free addresses to satisfy the request",
            "The specified subnet does not have enough free addresses to satisfy the request.",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
            &[Way(&LINK, &FULL)],
        ),
        Sign::new(
            "InsufficientCidrBlocks",
            "Failed to allocate a private IP/Prefix addresses on ENI eni-1: InsufficientCidrBlocks: The specified subnet does not have enough free cidr blocks to satisfy the request.",
            "aws/amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, v1.23.1",
            &[Way(&LINK, &FRAGMENTED)],
        ),
        Sign::new(
            "does not have enough free cidr blocks to satisfy the request",
            "The specified subnet does not have enough free cidr blocks to satisfy the request.",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
            &[Way(&LINK, &FRAGMENTED)],
        ),
        Sign::new(
            "There aren't sufficient free I",
            "InvalidParameterValue: There aren't sufficient free Ipv4 addresses or prefixes",
            "cilium/cilium pkg/aws/eni/node.go",
            EITHER,
        ),
        Sign::new(
            "subnet doesn't seem to have enough IPs/Prefixes",
            "Unable to attach IPs/Prefixes for the ENI, subnet doesn't seem to have enough IPs/Prefixes. Consider using new subnet or carve a reserved range using create-subnet-cidr-reservation",
            "aws/amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, v1.23.1",
            EITHER,
        ),
    ],
    host: no_host,
    look,
};

/// What ipamd has to give counts before what the subnet has.
fn look(facts: &Facts) -> Look {
    let by_books = allocating(facts);
    if by_books.is_ok() {
        return by_books;
    }
    let by_counts = subnets::judge(facts);
    if let Some(Ok(counted)) = by_counts {
        return Ok(counted);
    }
    let of = |code, fault| Some((refused(facts, &[code])?, fault));
    let by_refusal = of("InsufficientFreeAddressesInSubnet", &FULL)
        .or_else(|| of("InsufficientCidrBlocks", &FRAGMENTED));
    if let Some(((refusal, quote), fault)) = by_refusal {
        return Ok(Verdict::broken(fault, refusal.code.clone(), quote).with("subnets", ids(facts)));
    }
    match of_group::judge(facts) {
        Some(Ok(counted)) => Ok(counted),
        by_group => by_counts.or(by_group).unwrap_or(by_books),
    }
}

fn ids(facts: &Facts) -> String {
    let interfaces = facts.node.interfaces.value().into_iter().flatten();
    let mut ids: Vec<&str> = interfaces.map(|it| &*it.subnet_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.join(" ")
}

static EITHER: &[Way] = &[Way(&LINK, &FULL), Way(&LINK, &FRAGMENTED)];

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the owner of the VPC",
    impact: "nothing restarts; new nodes and new interfaces use the new range",
    verify: "tail -n 20 /var/log/aws-routed-eni/ipamd.log    # on the node, two minutes later",
    expect: "no Insufficient… any more",
};

pub(super) static FULL: Fault = OURS.fault(
    "full",
    "the subnet has no free address left for pods",
    "give pods a new subnet: a second CIDR of the VPC, with custom networking or a new node group",
    "aws ec2 describe-subnets --subnet-ids <subnets> --query 'Subnets[].[SubnetId,CidrBlock,AvailableIpAddressCount]'\n\
     # 1. associate a further CIDR (such as 100.64.0.0/16) with the VPC, and create a subnet of each zone in it\n\
     # 2. tag it kubernetes.io/role/cni=1 for new interfaces of nodes, or name it in an ENIConfig for each zone\n\
     # at once, with what there is: interfaces that are left over hold addresses\n\
     aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=<subnets> Name=status,Values=available",
);
pub(super) static FRAGMENTED: Fault = OURS.fault(
    "fragmented",
    "the subnet has no contiguous /28 left for a prefix, though it may have single addresses",
    "reserve a range of the subnet for prefixes, or give prefixes a new subnet",
    "aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=<subnets> --query 'NetworkInterfaces[].[PrivateIpAddresses[].PrivateIpAddress,Ipv4Prefixes[].Ipv4Prefix]'\n\
     # a block that is free as a whole:\n\
     aws ec2 create-subnet-cidr-reservation --subnet-id SUBNET --reservation-type prefix --cidr BLOCK\n\
     # none is? a new subnet for prefixes; addresses that are in use are not moved",
);
pub(super) static NO_BLOCK_FOR_NODES: Fault = Fault {
    verify: "eks-triage cluster <cluster> --region <region>",
    expect: "whole /28 blocks in the group's subnets",
    ..OURS.fault(
        "no-block-for-nodes",
        "addresses are free in the group's subnets (<subnets>), but no whole /28, and prefix delegation is on: pods of new nodes get no address",
        "give prefixes a new subnet, or free a block and reserve it for prefixes",
        "# interfaces that are left over hold addresses, and so the blocks around them:\n\
         aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=SUBNET Name=status,Values=available\n\
         # a block that is free as a whole is kept so; single addresses go elsewhere then:\n\
         aws ec2 create-subnet-cidr-reservation --subnet-id SUBNET --reservation-type prefix --cidr BLOCK\n\
         # none becomes free? addresses in use are not moved: associate a further CIDR with the VPC, create a subnet of\n\
         # each zone in it, and make another node group there",
    )
};
pub(super) static NONE_FOR_NODES: Fault = Fault {
    verify: "aws ec2 describe-subnets --subnet-ids <subnets> --query 'Subnets[].[SubnetId,AvailableIpAddressCount]'",
    expect: "free addresses in the group's subnets",
    ..OURS.fault(
        "none-for-nodes",
        "no address is free in the group's subnets (<subnets>): neither a new node nor a new interface of one gets any",
        "give the group subnets of a further CIDR of the VPC, and free what nobody uses",
        "# interfaces that are left over hold addresses:\n\
         aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=SUBNET Name=status,Values=available\n\
         # 1. associate a further CIDR (such as 100.64.0.0/16) with the VPC, and create a subnet of each zone in it\n\
         # 2. a managed group keeps its subnets: make another one in the new subnets, and move to it",
    )
};
