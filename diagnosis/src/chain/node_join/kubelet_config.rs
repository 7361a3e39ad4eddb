//! The kubelet is configured so that it can run, and so that its pods can resolve names.

use super::{joined, of_account};
use crate::{
    chain::{Link, Look, Sign, Verdict, Way, no_host},
    facts::{
        Facts, Kubeconfig, KubeletConfig, Missing, NodeObject, Observed, Source,
        inputs::{CLUSTER_IDENTITY, NODE_CHECK_AS_ROOT},
    },
};

mod dns;
mod faults;
mod version;

use faults::{
    CLUSTER_DNS, DISK_FULL, EXEC_PLUGIN, INODES, NEWER, NO_NAME, SWAP, TOO_OLD, WEB_IDENTITY,
};
use version::Skew;

pub(super) static LINK: Link = Link {
    id: "kubelet-config",
    title: "kubelet's configuration",
    means: "What the kubelet needs of its node is there: no swap, space on its disks, the program that gives its tokens, an environment without a workload's identity, a release that fits the cluster's, and the cluster's DNS as the pods' name server.",
    judged: "From the kubelet's files and its unit, /proc/swaps and the file systems, which takes root; the cluster's release and service range come from the API server, from EKS or from the user data. Of a managed node group EKS tells the release, too. What only joining needs is held by a Ready node. A name server outside the service range is a fault only where it has the form of the cluster's own.",
    sources: &[
        "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/",
        "https://kubernetes.io/releases/version-skew-policy/",
        "https://github.com/aws/eks-node-monitoring-agent/issues/23",
        "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
    ],
    faults: &[
        &DISK_FULL,
        &INODES,
        &SWAP,
        &EXEC_PLUGIN,
        &WEB_IDENTITY,
        &NEWER,
        &TOO_OLD,
        &CLUSTER_DNS,
        &NO_NAME,
    ],
    signs: &[
        Sign::new(
            "unning with swap on is not supported",
            "F0522 04:19:16.837190    1287 server.go:262] failed to run Kubelet: Running with swap on is not supported, please disable swap! or set --fail-swap-on flag to false.",
            "kubernetes/kubernetes pkg/kubelet/cm/container_manager_linux.go",
            &[Way(&LINK, &SWAP)],
        ),
        Sign::new(
            "node \"\" not found",
            r#"kubelet.go:2291] node "" not found"#,
            "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
            &[Way(&LINK, &NO_NAME)],
        ),
        Sign::new(
            "node \\\"\\\" not found",
            r#"kubelet.go:2448] "Error getting node" err="node \"\" not found""#,
            "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
            &[Way(&LINK, &NO_NAME)],
        ),
        Sign::new(
            "ERROR: failed to retrieve PrivateDnsName after ",
            "cloud-init[2512]: ERROR: failed to retrieve PrivateDnsName after 20 attempts!",
            "awslabs/amazon-eks-ami branch al2, templates/al2/runtime/bootstrap.sh",
            &[Way(&LINK, &NO_NAME)],
        ),
    ],
    host: no_host,
    look,
};

fn look(facts: &Facts) -> Look {
    if let Some(broken) = of_group(facts) {
        return Ok(broken);
    }
    let joined = joined::ready(facts).is_some();
    let checks: [fn(&Facts) -> Look; 3] = [disks, environment, cluster_dns];
    let joining: [fn(&Facts) -> Look; 2] = [swap, exec_plugin];
    let mut missing: Option<Missing> = None;
    let mut intact = None;
    for (check, needed) in
        checks.map(|it| (it, true)).into_iter().chain(joining.map(|it| (it, !joined)))
    {
        match check(facts) {
            Ok(verdict) if verdict.fault.is_some() => return Ok(verdict),
            Ok(verdict) => _ = intact.get_or_insert(verdict),
            Err(it) if needed => _ = missing.get_or_insert(it),
            Err(_) => {}
        }
    }
    let skew = skew(facts)?;
    match (skew.fault, missing, intact) {
        (Some(_), ..) | (None, None, None) => Ok(skew),
        (None, Some(missing), _) => Err(missing),
        (None, None, Some(first)) => {
            let risks = [first.risks, skew.risks].concat();
            Ok(Verdict { risks, ..skew })
        }
    }
}

/// The kubelet evicts pods before a disk is full; one that is full stops the node itself.
fn disks(facts: &Facts) -> Look {
    const EVICTS_BELOW: u8 = 10;
    let (disks, source) = facts.node.host.disks.need(&NODE_CHECK_AS_ROOT)?;
    let line = |path: &str| source.quote(&format!("{path}: "));
    if let Some(it) = disks.iter().find(|it| it.free == 0) {
        let broken = Verdict::broken(&DISK_FULL, format!("{} is full", it.path), line(&it.path));
        return Ok(broken.with("source", &it.path));
    }
    if let Some(it) = disks.iter().find(|it| it.free_inodes == Some(0)) {
        let detail = format!("{} has no inodes left", it.path);
        return Ok(Verdict::broken(&INODES, detail, line(&it.path)).with("source", &it.path));
    }
    let mut verdict = Verdict::intact("no disk is full", source);
    for it in disks.iter().filter(|it| it.free < EVICTS_BELOW) {
        let title =
            format!("{} has {} % left; below 10 % the kubelet evicts pods", it.path, it.free);
        verdict = verdict.and_risk(title, line(&it.path));
    }
    Ok(verdict)
}

fn swap(facts: &Facts) -> Look {
    let host = &facts.node.host;
    let (on, source) = host.swap.need(&NODE_CHECK_AS_ROOT)?;
    if !on || super::kubelet_answers(facts) {
        return Ok(Verdict::intact("no swap in its way", source));
    }
    let (config, _) = host.kubelet_config.need(&NODE_CHECK_AS_ROOT)?;
    Ok(if config.fail_swap_on == Some(false) {
        Verdict::intact("swap is allowed", source)
    } else {
        let last = source.text.lines().last().unwrap_or_default();
        Verdict::broken(&SWAP, "swap is on", source.quote(last))
    })
}

fn exec_plugin(facts: &Facts) -> Look {
    let (it, source) = facts.node.host.kubeconfig.need(&NODE_CHECK_AS_ROOT)?;
    let Kubeconfig { command: Some(command), command_found, .. } = it else {
        return Ok(Verdict::intact("tokens without a program", source));
    };
    match command_found {
        Some(true) => Ok(Verdict::intact(command, source)),
        Some(false) if joined::ready(facts).is_some() => Ok(Verdict::intact("it joined", source)),
        Some(false) => {
            let detail = format!("{command} is not there");
            Ok(Verdict::broken(&EXEC_PLUGIN, detail, source.quote("command: "))
                .with("call", command))
        }
        None => Err(NODE_CHECK_AS_ROOT.missing(format!("whether {command} is there"))),
    }
}

/// The program that gives tokens then takes them for a workload's.
fn environment(facts: &Facts) -> Look {
    let (names, source) = facts.node.host.web_identity.need(&NODE_CHECK_AS_ROOT)?;
    Ok(match names.first() {
        Some(first) if joined::ready(facts).is_none() => {
            Verdict::broken(&WEB_IDENTITY, names.join(", "), source.quote(first))
        }
        _ => Verdict::intact("no workload's identity", source),
    })
}

fn cluster_dns(facts: &Facts) -> Look {
    let (config, source) = facts.node.host.kubelet_config.need(&NODE_CHECK_AS_ROOT)?;
    if config.cluster_dns.is_empty() {
        return Ok(Verdict::intact("no name server of its own", source));
    }
    // It keeps no kubelet from running: what does is told first.
    if !super::kubelet_answers(facts) {
        return Err(NODE_CHECK_AS_ROOT.missing("the kubelet does not run"));
    }
    let Some(range) = dns::service_range(facts) else {
        return Err(CLUSTER_IDENTITY.missing("the range of the cluster's services"));
    };
    let stray = config.cluster_dns.iter().find(|it| dns::is_of_another_range(it, range));
    Ok(match stray {
        Some(address) => {
            let detail = format!("{address} is not in {range}");
            let broken = Verdict::broken(&CLUSTER_DNS, detail, source.quote(address));
            broken
                .with("address", address)
                .with("corrected", dns::expected(range).unwrap_or_default())
        }
        None => Verdict::intact("of the service range", source),
    })
}

/// Of a node that joined it is no fault, but nobody supports it.
fn skew(facts: &Facts) -> Look {
    let (kubelet, source) = kubelet_release(facts)?;
    let cluster = facts.account.cluster.value().map(|it| it.version.as_str());
    let Some(server) = facts.cluster.server_version.value().map(String::as_str).or(cluster) else {
        return Err(CLUSTER_IDENTITY.missing("the cluster's release"));
    };
    let detail = format!("kubelet {kubelet}, cluster {server}");
    let fault = match version::skew(kubelet, server) {
        Some(Skew::Supported) => return Ok(Verdict::intact(detail, source)),
        Some(Skew::Newer) => &NEWER,
        Some(Skew::TooOld) => &TOO_OLD,
        None => return Err(CLUSTER_IDENTITY.missing(detail)),
    };
    let quote = source.quote(kubelet);
    Ok(if joined::ready(facts).is_some() {
        let title = format!("{detail}: {}", fault.title);
        Verdict::intact(detail, source).and_risk(title, quote)
    } else {
        Verdict::broken(fault, detail, quote)
    })
}

/// Of a managed node group, whose release EKS tells, where nobody was on a node.
fn of_group(facts: &Facts) -> Option<Verdict> {
    let never = matches!(facts.node.host.kubelet_config, Observed::Skipped)
        && joined::ready(facts).is_none();
    let (group, source) = of_account::nodegroup(facts).filter(|_| never)?;
    let (cluster, _) = of_account::there(&facts.account.group.cluster)?;
    let fault = match version::skew(&group.version, &cluster.version)? {
        Skew::Supported => return None,
        Skew::Newer => &NEWER,
        Skew::TooOld => &TOO_OLD,
    };
    let detail = format!("node group {}, cluster {}", group.version, cluster.version);
    let quote = source.quote(&format!("\"version\": \"{}\"", group.version));
    Some(Verdict::broken(fault, detail, quote))
}

/// Of the binary, else as it registered itself.
fn kubelet_release(facts: &Facts) -> Result<(&str, &Source), Missing> {
    let config = facts.node.host.kubelet_config.need(&NODE_CHECK_AS_ROOT);
    if let Ok((KubeletConfig { version: Some(version), .. }, source)) = config {
        return Ok((version, source));
    }
    if let Observed::Seen { value: NodeObject::Registered(node), source } = &facts.cluster.node
        && !node.kubelet_version.is_empty()
    {
        return Ok((&node.kubelet_version, source));
    }
    Err(config.err().unwrap_or_else(|| NODE_CHECK_AS_ROOT.missing("the kubelet's release")))
}
