//! ipamd has an address for the next pod.

use super::{cni_config, eni_slots, ipamd, limits, slots::slots, subnet_addresses};
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{
        Facts, Ipamd,
        inputs::{INSTANCE_LIMITS, NODE_CHECK, NODE_CHECK_AS_ROOT, SUBNETS},
    },
};

pub(super) static LINK: Link = Link {
    id: "addresses",
    title: "free pod addresses",
    means: "ipamd holds at least one address that no pod has.",
    judged: "From ipamd's own counters. With none left, the interfaces that IMDS lists and the limits of the instance type tell whether the node is full; that others hold its slots is told of the slots. With slots left it is EC2 or the subnet, which the node cannot see: unknown.",
    sources: &[
        "aws/amazon-vpc-cni-k8s pkg/ipamd/datastore/data_store.go, v1.23.1",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html",
    ],
    faults: &[&NODE_FULL],
    // Only ipamd's own log tells why it has none: EC2's refusal is a sign of the link that it names.
    signs: &[
        Sign::new(
            "failed to assign an IP address to container",
            "plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): add cmd: failed to assign an IP address to container",
            "aws/amazon-vpc-cni-k8s cmd/routed-eni-cni-plugin/cni.go, v1.23.1",
            NONE_FREE,
        )
        .showing(&[&cni_config::LINK, &ipamd::LINK]),
        Sign::new(
            "ataStore has no available IP",
            r#"{"level":"error","caller":"datastore/data_store.go:858","msg":"DataStore has no available IP/Prefix addresses"}"#,
            "aws/amazon-vpc-cni-k8s pkg/ipamd/datastore/data_store.go, v1.23.1",
            NONE_FREE,
        ),
        Sign::new(
            ": no available IP",
            "Send AddNetworkReply: AssignPodIPAddress: no available IP/Prefix addresses",
            "aws/amazon-vpc-cni-k8s pkg/ipamd/datastore/data_store.go, v1.23.1",
            NONE_FREE,
        ),
        Sign::new(
            "PrivateIpAddressLimitExceeded",
            "Failed to allocate a private IP address PrivateIpAddressLimitExceeded: Number of private addresses will exceed limit.",
            "aws/amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, v1.23.1",
            &[Way(&LINK, &NODE_FULL)],
        ),
    ],
    host: no_host,
    look,
};

static NONE_FREE: &[Way] = &[
    Way(&LINK, &NODE_FULL),
    Way(&eni_slots::LINK, &eni_slots::HELD_BY_OTHERS),
    Way(&eni_slots::LINK, &eni_slots::HELD_BY_TRUNK),
    Way(&subnet_addresses::LINK, &subnet_addresses::FULL),
    Way(&subnet_addresses::LINK, &subnet_addresses::FRAGMENTED),
];

pub(super) static NODE_FULL: Fault = Fault {
    id: "node-full",
    plane: Plane::Network,
    title: "every address that <instance-type> can carry is in use",
    fix: "spread the pods over more nodes, or give the nodes more addresses by prefix delegation",
    change: "# prefix delegation gives each slot 16 addresses (Nitro types; needs free /28 blocks in the subnet):\nkubectl -n kube-system set env daemonset aws-node ENABLE_PREFIX_DELEGATION=true\n# it helps new nodes; pods that are pending now need another node",
    owner: "the administrator of the cluster",
    impact: "aws-node restarts on every node; running pods keep their addresses",
    verify: "eks-triage check, on a new node",
    expect: "free pod addresses intact",
};

fn look(facts: &Facts) -> Look {
    let node = &facts.node;
    let (books, source) = node.ipamd.need(&NODE_CHECK_AS_ROOT)?;
    let free = books.total.saturating_sub(books.assigned);
    let of = format!("{free} of {} free", books.total);
    if free > 0 {
        return Ok(Verdict::intact(limited_by(facts, books, of), source));
    }
    let (interfaces, _) = node.interfaces.need(&NODE_CHECK)?;
    let (instance, _) = node.instance.need(&NODE_CHECK)?;
    let kind = &instance.instance_type;
    let Some(limit) = limits::known(facts, kind) else {
        let why = format!("{of}; the limits of {kind} are not known");
        return Err(INSTANCE_LIMITS.doubt(why, source.quote("AssignedIPs")));
    };
    let attached = u32::try_from(interfaces.len()).unwrap_or(u32::MAX);
    let per_slot = if books.prefix_delegation { 16 } else { 1 };
    let full =
        books.interfaces.saturating_mul(limit.addresses.saturating_sub(1)).saturating_mul(per_slot);
    let doubt = |why| Err(SUBNETS.doubt(why, source.quote("AssignedIPs")));
    if attached < limit.interfaces {
        return doubt(format!(
            "{of}, though only {attached} of {} ENIs are used",
            limit.interfaces
        ));
    }
    if books.interfaces < attached || slots(facts).iter().any(|it| it.owner.takes()) {
        return Err(NODE_CHECK.missing(format!("{of}, and others hold slots")));
    }
    if books.total < full {
        return doubt(format!("{of}, though the ENIs could carry {full}"));
    }
    let broken = Verdict::broken(&NODE_FULL, of, source.quote("AssignedIPs"));
    Ok(broken.with("instance-type", kind))
}

/// What will run out first, as far as the node can see.
fn limited_by(facts: &Facts, books: &Ipamd, of: String) -> String {
    let kind = facts.node.instance.value().map(|it| it.instance_type.as_str());
    let limit = kind.and_then(|it| limits::known(facts, it));
    let attached = facts.node.interfaces.value().map(Vec::len);
    match (limit, attached) {
        (Some(limit), Some(attached)) if !books.prefix_delegation => {
            format!("{of}; at most {} by {attached} of {} ENIs", limit.pods(), limit.interfaces)
        }
        _ => of,
    }
}
