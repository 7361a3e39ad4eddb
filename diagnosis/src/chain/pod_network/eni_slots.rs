//! The instance has an interface slot for every interface that the VPC CNI needs.

use super::{
    limits,
    slots::{Owner, Slot, owners, slots},
};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{
        Facts, Ipamd,
        inputs::{INSTANCE_LIMITS, NODE_CHECK, NODE_CHECK_AS_ROOT},
    },
};

pub(super) static LINK: Link = Link {
    id: "eni-slots",
    title: "interface slots",
    means: "The instance type has a number of interfaces. A trunk, an EFA interface, or one that somebody else attached takes a slot from the VPC CNI, and with it the addresses of pods.",
    judged: "From the interfaces that IMDS lists on the default network card, ipamd's books, the limits of the type and, where the node may ask, EC2's description, type and tags of each interface. Broken where no slot is left, others hold one, and ipamd has no address to give.",
    sources: &[
        "aws/amazon-vpc-cni-k8s pkg/ipamd/ipamd.go (eniNoManageTagKey) and pkg/awsutils/awsutils.go, v1.23.1",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html",
    ],
    faults: &[&HELD_BY_OTHERS, &HELD_BY_TRUNK],
    signs: &[
        Sign::new(
            "Skipping ENI allocation as the max ENI limit is already reached",
            r#"{"level":"debug","caller":"ipamd/ipamd.go:1023","msg":"Skipping ENI allocation as the max ENI limit is already reached"}"#,
            "aws/amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, v1.23.1",
            FULL,
        ),
        Sign::new(
            "no available device number for network card",
            "AllocENI: error attaching ENI: attachENI: failed to get a free device number: awsGetFreeDeviceNumber: no available device number for network card 0",
            "aws/amazon-vpc-cni-k8s pkg/awsutils/awsutils.go, v1.23.1",
            FULL,
        ),
    ],
    host: no_host,
    look,
};

static FULL: &[Way] = &[
    Way(&super::addresses::LINK, &super::addresses::NODE_FULL),
    Way(&LINK, &HELD_BY_OTHERS),
    Way(&LINK, &HELD_BY_TRUNK),
];

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "whoever attached the interface",
    impact: "what uses that interface",
    verify: "eks-triage check, on the node",
    expect: "free pod addresses intact",
};

pub(super) static HELD_BY_OTHERS: Fault = OURS.fault(
    "held-by-others",
    "no address is free, and interfaces that ipamd does not manage hold slots of the instance: <interfaces>",
    "detach the foreign interface, or count it when sizing the node",
    "aws ec2 describe-network-interfaces --network-interface-ids <interfaces> --query 'NetworkInterfaces[].[NetworkInterfaceId,Description,RequesterManaged,TagSet]'\n\
     # whoever attached the interface that aws-K8S- is not part of the description of, takes it off\n\
     # it is to stay? fewer pods for this type: maxPods without the addresses of its slot, or a larger type",
);
pub(super) static HELD_BY_TRUNK: Fault = Fault {
    owner: "the administrator of the cluster",
    impact: "aws-node restarts on every node; running pods keep their addresses",
    ..OURS.fault(
        "held-by-trunk-or-efa",
        "no address is free: trunk or EFA interfaces, which carry no ordinary pods, hold slots of <instance-type> (<interfaces>)",
        "take a larger type, or give the slots that are left more addresses by prefix delegation",
        "# the slot is taken as the cluster is configured: security groups for pods want a trunk, EFA its own interface\n\
         # prefix delegation gives each address of the other slots 16 (Nitro types; needs free /28 blocks in the subnet):\n\
         kubectl -n kube-system set env daemonset aws-node ENABLE_PREFIX_DELEGATION=true\n\
         # it helps new nodes; pods that are pending now need another node, and maxPods of this type is less than the table's",
    )
};

fn look(facts: &Facts) -> Look {
    let node = &facts.node;
    if node.vpc_cni.value() == Some(&false) && node.ipamd.value().is_none() {
        return Ok(Verdict::not_applicable("another CNI plugin is configured"));
    }
    let (interfaces, source) = node.interfaces.need(&NODE_CHECK)?;
    let (instance, _) = node.instance.need(&NODE_CHECK)?;
    let (books, book) = node.ipamd.need(&NODE_CHECK_AS_ROOT)?;
    let kind = &instance.instance_type;
    let Some(limit) = limits::known(facts, kind) else {
        return Err(INSTANCE_LIMITS.missing(format!("the limits of {kind} are not known here")));
    };
    let slots = slots(facts);
    let used = u32::try_from(slots.len()).unwrap_or(u32::MAX);
    let known = !books.by_interface.is_empty();
    let of = if known { format!(": {}", owners(&slots)) } else { String::new() };
    let seen = format!("{used} of {}{of}", limit.interfaces);
    let taken = taken(interfaces.len(), books, &slots);
    if used < limit.interfaces || books.total > books.assigned || taken == 0 {
        return Ok(Verdict::intact(seen, source));
    }
    if slots.iter().any(|it| it.owner == Owner::Forgotten) {
        return Err(
            NODE_CHECK_AS_ROOT.missing(format!("{seen}; aws-node would find its own again"))
        );
    }
    let takers = || slots.iter().filter(|it| it.owner.takes());
    let wanted = known && takers().all(|it| it.owner.is_wanted());
    let fault = if wanted { &HELD_BY_TRUNK } else { &HELD_BY_OTHERS };
    let of_interest = |it: &&Slot<'_>| wanted || !it.owner.is_wanted();
    let ids: Vec<_> = takers().filter(of_interest).map(|it| it.interface.id.clone()).collect();
    let mut broken = Verdict::broken(fault, seen, book.quote("AssignedIPs"));
    if known && let Some(id) = ids.first() {
        let of_ec2 = node.described.need(&NODE_CHECK).ok();
        let (_, place) =
            of_ec2.filter(|(it, _)| it.interfaces.iter().any(|it| it.id == *id)).unzip();
        broken = broken.and_evidence(place.unwrap_or(source).quote(id));
        broken = broken.with("interfaces", ids.join(" "));
    }
    Ok(broken.with("instance-type", kind))
}

/// How many slots carry no pods though they could; by the counts alone where no interface is named.
fn taken(attached: usize, books: &Ipamd, slots: &[Slot<'_>]) -> usize {
    if books.by_interface.is_empty() {
        let managed = usize::try_from(books.interfaces).unwrap_or(usize::MAX);
        return attached.saturating_sub(managed);
    }
    slots.iter().filter(|it| it.owner.takes()).count()
}
