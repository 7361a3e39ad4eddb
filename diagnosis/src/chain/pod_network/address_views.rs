//! EC2, the metadata service, ipamd and the kernel agree on the addresses of pods.

use super::views::{Book, Views};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{
        Facts, IpamdInterface,
        inputs::{NODE_CHECK, NODE_CHECK_AS_ROOT, OWN_INTERFACES},
        seconds,
    },
};

pub(super) static LINK: Link = Link {
    id: "address-views",
    title: "views of the addresses",
    means: "The addresses that ipamd gives to pods are those that EC2 has on the instance's interfaces, and the kernel leaves them to pods.",
    judged: "Each address of ipamd's books is looked for in EC2's answer and in IMDS, and each secondary address of the same interface in the books. IMDS alone may lag behind EC2, so that without EC2's answer a difference is not decided, and agreement neither. What EC2 has and ipamd does not is called lost only where ipamd has nothing else to give: otherwise it may be giving it back. Of the kernel: a pod's address is not the host's own, and an interface that ipamd manages has its primary one. A warm pool and addresses that cool down are in the books, so that they are no difference; the primary address is not, nor has ipamd to know an interface that it leaves alone.",
    sources: &[
        "aws/amazon-vpc-cni-k8s pkg/ipamd/ipamd.go (eniIPPoolReconcile), v1.23.1",
        "https://github.com/aws/amazon-vpc-cni-k8s/issues/1967",
        "https://github.com/aws/amazon-vpc-cni-k8s/issues/391",
        "https://github.com/aws/amazon-vpc-cni-k8s/issues/66",
        "https://github.com/aws/amazon-vpc-cni-k8s/issues/606",
        "https://github.com/aws/amazon-vpc-cni-k8s/issues/3375",
    ],
    faults: &[&IPAMD_STALE, &INTERFACE_FORGOTTEN, &LEAKED, &ON_HOST, &MISSING_ON_HOST],
    // ipamd asks EC2 itself before it believes either view.
    signs: &[Sign::new(
        "Instance metadata does not match data store! ipPool: ",
        r#"{"level":"warn","caller":"ipamd/ipamd.go:1716","msg":"Instance metadata does not match data store! ipPool: [10.0.1.21 10.0.1.22], metadata: [{10.0.1.11 true}]"}"#,
        "aws/amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, v1.23.1",
        &[Way(&LINK, &IPAMD_STALE), Way(&LINK, &LEAKED)],
    )],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the administrator of the cluster",
    impact: "aws-node on this node restarts; running pods keep their addresses",
    verify: "eks-triage check, on the node",
    expect: "views of the addresses intact",
};

static IPAMD_STALE: Fault = OURS.fault(
    "ipamd-stale",
    "ipamd gives pods <address>, which EC2 does not have on this instance: its books are stale",
    "restart aws-node on this node, and re-create the pods that have such an address",
    "kubectl get pods -A -o wide --field-selector spec.nodeName=<node> | grep <address>    # unreachable until it is re-created\n\
     kubectl -n kube-system delete pod -l k8s-app=aws-node --field-selector spec.nodeName=<node>\n\
     # who took it off? aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue=<interfaces>",
);
static INTERFACE_FORGOTTEN: Fault = OURS.fault(
    "interface-forgotten",
    "the VPC CNI attached <interfaces>, and ipamd's books do not have it: its slot and addresses are lost",
    "restart aws-node on this node: it reads anew what is attached",
    "kubectl -n kube-system delete pod -l k8s-app=aws-node --field-selector spec.nodeName=<node>\n\
     curl -s 127.0.0.1:61679/v1/enis | grep -o <interfaces>    # on the node",
);
static LEAKED: Fault = OURS.fault(
    "leaked",
    "EC2 has <address> on <interfaces>, which ipamd does not know: no pod can get it",
    "let ipamd read anew what is attached, or take the address off where somebody else put it there",
    "kubectl -n kube-system delete pod -l k8s-app=aws-node --field-selector spec.nodeName=<node>\n\
     # somebody uses it as an address of the host? then only as one that ipamd cannot hand out:\n\
     # a subnet reservation of type explicit, and an interface tagged node.k8s.amazonaws.com/no_manage=true",
);
static ON_HOST: Fault = Fault {
    owner: "the owner of the node's image",
    impact: "this node's pods; new nodes of the image",
    ..OURS.fault(
        "on-host",
        "the host has <address>, an address of pods, as its own: packets for the pod end at the host",
        "keep the distribution's network scripts off the interfaces that ipamd manages",
        "ip -4 addr | grep <address>; rpm -q ec2-net-utils amazon-ec2-net-utils; networkctl list    # on the node\n\
         # ec2-net-utils gives every secondary address of an interface to the host: build the image without it, and replace the node\n\
         ip addr del <address>/32 dev <interfaces>    # at once, for this node",
    )
};
static MISSING_ON_HOST: Fault = Fault {
    impact: "aws-node on this node restarts; pods of the interface get their path back",
    ..OURS.fault(
        "missing-on-host",
        "the kernel does not have <address>, the primary address of <interfaces>: its pods have no path",
        "let aws-node set the interface up again, and keep network managers off it",
        "ip -4 addr; ip rule; networkctl list; journalctl -u systemd-networkd --since -1h --no-pager | tail    # on the node\n\
         kubectl -n kube-system delete pod -l k8s-app=aws-node --field-selector spec.nodeName=<node>",
    )
};

/// Attaching takes ipamd seconds; for as long EC2 has what the books do not.
const SETTLED: i64 = 300;

fn look(facts: &Facts) -> Look {
    let node = &facts.node;
    if node.vpc_cni.value() == Some(&false) && node.ipamd.value().is_none() {
        return Ok(Verdict::not_applicable("another CNI plugin is configured"));
    }
    let (books, book) = node.ipamd.need(&NODE_CHECK_AS_ROOT)?;
    let (interfaces, imds) = node.interfaces.need(&NODE_CHECK)?;
    let named = interfaces.iter().any(|it| !it.ipv4s.is_empty());
    if books.by_interface.is_empty() || !named {
        return Err(NODE_CHECK.missing("the addresses themselves were not seen"));
    }
    let views = Views { facts, interfaces, books: &books.by_interface };
    if let Some(broken) = at_ec2(facts, &views) {
        return Ok(broken);
    }
    if let Some(broken) = at_the_kernel(facts, &views) {
        return Ok(broken);
    }
    let all: usize = books.by_interface.iter().map(|it| it.addresses.len()).sum();
    let blocks: usize = books.by_interface.iter().map(|it| it.prefixes.len()).sum();
    let seen = format!("{all} addresses and {blocks} prefixes");
    let differing = views.not_in_imds().or_else(|| views.only_in_imds());
    let Ok((described, ec2)) = node.described.need(&OWN_INTERFACES) else {
        if let Some(Book { interface, address }) = differing {
            let why = format!("IMDS and ipamd differ on {address} of {}; EC2 knows", interface.id);
            let at = views.quote(book, imds, &interface.id, address);
            return Err(OWN_INTERFACES.doubt(why, at));
        }
        let why = node.described.need(&OWN_INTERFACES).err().map(|it| it.why);
        let why = why.unwrap_or_default();
        return Err(OWN_INTERFACES.missing(format!("{seen} in IMDS and ipamd; EC2's view: {why}")));
    };
    if let Some(Book { interface, address }) = views.not_in_ec2(&described.interfaces) {
        let why =
            format!("EC2 does not have {address}, which IMDS and ipamd have; again in a minute");
        let at = book.quote(&format!("{} {address}", interface.id));
        return Err(OWN_INTERFACES.doubt(why, at));
    }
    if let Some((interface, address)) = views.only_in_ec2(&described.interfaces) {
        let why = format!("EC2 has {address} on {}: ipamd gives it back, or lost it", interface.id);
        return Err(OWN_INTERFACES.missing(why));
    }
    match differing {
        Some(Book { interface, address }) => {
            let at = views.quote(book, imds, &interface.id, address);
            let risk = "the metadata service's list of addresses is behind EC2's; aws-node, restarted now, may believe it";
            let detail = format!("{seen}; IMDS is stale: it differs on {address}");
            Ok(Verdict::intact(detail, ec2).and_risk(risk, at))
        }
        None => Ok(Verdict::intact(format!("{seen}, the same in EC2, IMDS and ipamd"), ec2)),
    }
}

fn at_ec2(facts: &Facts, views: &Views<'_>) -> Option<Verdict> {
    let (described, ec2) = facts.node.described.need(&OWN_INTERFACES).ok()?;
    let (_, book) = facts.node.ipamd.need(&NODE_CHECK_AS_ROOT).ok()?;
    let (_, imds) = facts.node.interfaces.need(&NODE_CHECK).ok()?;
    let broken = |fault, detail: String, at| Some(Verdict::broken(fault, detail, at));
    if let Some(Book { interface, address }) = views.not_in_ec2(&described.interfaces)
        && !views.has_imds(address)
    {
        let at = book.quote(&format!("{} {address}", interface.id));
        let verdict = broken(&IPAMD_STALE, format!("{address} of {}", interface.id), at)?;
        let verdict = verdict.and_evidence(ec2.quote(&interface.id));
        return Some(verdict.with("address", address).with("interfaces", &interface.id));
    }
    let at = book.at.as_deref().unwrap_or(&facts.taken_at);
    let settled = |since: &str| seconds(since, at).is_some_and(|it| it >= SETTLED);
    let forgotten = described
        .interfaces
        .iter()
        .find(|it| views.forgets(it) && it.attached.as_deref().is_some_and(settled));
    if let Some(it) = forgotten {
        let verdict = broken(&INTERFACE_FORGOTTEN, it.id.clone(), ec2.quote(&it.id))?;
        let verdict = verdict.and_evidence(imds.quote(&it.id)).and_evidence(book.quote("TotalIPs"));
        return Some(verdict.with("interfaces", &it.id));
    }
    // As long as it has one to give, it may be giving this one back.
    let starved = facts.node.ipamd.value().is_some_and(|it| it.total <= it.assigned);
    let lost =
        views.only_in_ec2(&described.interfaces).filter(|(_, it)| starved && views.has_imds(it));
    let (of, address): (&IpamdInterface, &str) = lost?;
    let verdict = broken(
        &LEAKED,
        format!("{address} on {}", of.id),
        ec2.quote(&format!("{} {address}", of.id)),
    )?;
    Some(verdict.with("address", address).with("interfaces", &of.id))
}

/// Only of the network namespace in which the node's own interfaces are.
fn at_the_kernel(facts: &Facts, views: &Views<'_>) -> Option<Verdict> {
    let (kernel, source) = facts.node.host.network.need(&NODE_CHECK).ok()?;
    let here = |mac: &str| kernel.interfaces.iter().find(|it| it.mac.eq_ignore_ascii_case(mac));
    views.interfaces.iter().find(|it| it.device_number == 0 && here(&it.mac).is_some())?;
    let own = |address: &str| kernel.addresses.iter().any(|it| it == address);
    if let Some(Book { interface, address }) = views.books().find(|it| own(it.address)) {
        let imds = views.interfaces.iter().find(|it| it.id == interface.id);
        let name = imds.and_then(|it| here(&it.mac)).map_or(&*interface.id, |it| &it.name);
        let detail = format!("{address} is the host's own");
        let mut verdict = Verdict::broken(&ON_HOST, detail, source.quote(address));
        if let Ok((it, source)) = facts.node.host.managers.need(&NODE_CHECK)
            && it.ec2_net_utils
        {
            verdict = verdict.and_evidence(source.quote("ec2-net-utils"));
        }
        return Some(verdict.with("address", address).with("interfaces", name));
    }
    let mut giving = views.books.iter().filter(|it| it.gives() && it.network_card == 0);
    let primary = |it: &IpamdInterface| {
        let imds = views.interfaces.iter().find(|imds| imds.id == it.id)?;
        (imds.device_number > 0).then_some(())?;
        let (address, interface) = (imds.ipv4s.first()?, here(&imds.mac)?);
        (!own(address)).then_some((address, interface))
    };
    let (address, interface) = giving.find_map(primary)?;
    let detail = format!("{address} of {}", interface.name);
    let at = source.quote(&format!("{} {}", interface.name, interface.mac));
    let verdict = Verdict::broken(&MISSING_ON_HOST, detail, at);
    Some(verdict.with("address", address).with("interfaces", &interface.name))
}
