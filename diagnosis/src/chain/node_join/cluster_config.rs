//! The node was given one cluster: its name, endpoint and CA belong together.

use super::joined;
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{
        Ended, Facts, Observed,
        inputs::{CLUSTER_IDENTITY, LAUNCH_TEMPLATE, NODE_CHECK_AS_ROOT},
    },
};

mod template;

pub(super) static LINK: Link = Link {
    id: "cluster-config",
    title: "cluster that it was given",
    means: "The cluster's name in the kubelet's kubeconfig is that of the cluster whose endpoint and CA stand beside it, and EKS has this cluster, ACTIVE. Under another name every token is refused.",
    judged: "From the kubeconfig against eks:DescribeCluster, in the node's own name. Where the node may not ask that, it stays unknown; a Ready node has it behind it. From a desk, the NodeConfig in the group's launch template against the cluster.",
    sources: &[
        "kubernetes-sigs/aws-iam-authenticator pkg/token/token.go (x-k8s-aws-id), 2026-07",
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
    ],
    faults: &[&NO_SUCH_CLUSTER, &ANOTHER_NAME, &ANOTHER_ENDPOINT, &ANOTHER_CA, &NOT_ACTIVE],
    signs: &[],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of the node group's user data",
    impact: "new nodes of the group; this one is replaced",
    verify: "eks-triage check, on a new node",
    expect: "cluster that it was given intact",
};

static NO_SUCH_CLUSTER: Fault = OURS.fault(
    "no-such-cluster",
    "the node is configured for the cluster <cluster>, which does not exist in <region>",
    "correct the cluster's name, or its region, in the user data",
    "aws eks list-clusters --region <region>\n\
     # AL2023: cluster.name of the NodeConfig; AL2: the first argument of bootstrap.sh; Bottlerocket:\n\
     # settings.kubernetes.cluster-name",
);
static ANOTHER_NAME: Fault = OURS.fault(
    "name-of-another-cluster",
    "the node names the cluster <cluster>, but asks the endpoint of another one",
    "give the node name, endpoint and CA of one cluster: the one that it is to join",
    "aws eks describe-cluster --name <cluster> --query 'cluster.[name,endpoint]'\n\
     # the endpoint in the evidence is the cluster's that was meant? then the name is wrong. Which has it:\n\
     for it in $(aws eks list-clusters --query 'clusters[]' --output text); do aws eks describe-cluster --name \"$it\" --query 'cluster.[name,endpoint]' --output text; done",
);
static ANOTHER_ENDPOINT: Fault = OURS.fault(
    "endpoint-is-not-the-clusters",
    "the node asks <host>, which is not the endpoint of its cluster <cluster>",
    "correct the endpoint that the node is given",
    "aws eks describe-cluster --name <cluster> --query cluster.endpoint --output text\n\
     # AL2023: cluster.apiServerEndpoint of the NodeConfig; AL2: --apiserver-endpoint; Bottlerocket:\n\
     # settings.kubernetes.api-server",
);
static ANOTHER_CA: Fault = OURS.fault(
    "ca-is-not-the-clusters",
    "the CA that the node was given is not the one of its cluster <cluster>",
    "give the node the CA of this very cluster",
    "aws eks describe-cluster --name <cluster> --query cluster.certificateAuthority.data --output text\n\
     # AL2023: cluster.certificateAuthority of the NodeConfig; AL2: --b64-cluster-ca; Bottlerocket:\n\
     # settings.kubernetes.cluster-certificate",
);
static NOT_ACTIVE: Fault = Fault {
    owner: "the administrator of the cluster",
    impact: "every node of the cluster",
    ..OURS.fault(
        "cluster-not-active",
        "the cluster <cluster> is <status>, so that no node can join it",
        "bring the cluster to ACTIVE, or give the node another one",
        "aws eks describe-cluster --name <cluster> --query 'cluster.[status,health]'",
    )
};

fn look(facts: &Facts) -> Look {
    if let Some(source) = joined::ready(facts) {
        return Ok(Verdict::intact("it joined", source));
    }
    let unseen = facts.node.host.kubeconfig.value().is_none();
    if let Some(found) = template::look(facts).filter(|_| unseen) {
        return found;
    }
    let asked = facts.account.group.compute.value().is_some();
    if asked && unseen && facts.node.cluster_named.value().is_none() {
        let template = &facts.account.group.launch_template;
        if matches!(template, Observed::Failed { .. }) {
            template.need(&LAUNCH_TEMPLATE)?;
        }
        // Another form of user data, or none, leaves it to the node.
        facts.node.host.kubeconfig.need(&NODE_CHECK_AS_ROOT)?;
    }
    let (answer, said) = facts.node.cluster_named.need(&CLUSTER_IDENTITY)?;
    if answer.code == "ResourceNotFoundException" {
        let broken = Verdict::broken(&NO_SUCH_CLUSTER, &answer.message, said.quote(&answer.code));
        return Ok(broken.with("cluster", &answer.detail));
    }
    let (cluster, source) = facts.account.cluster.need(&CLUSTER_IDENTITY)?;
    let (given, config) = facts.node.host.kubeconfig.need(&NODE_CHECK_AS_ROOT)?;
    let broken = |fault, detail: &str, needle: &str| {
        Verdict::broken(fault, detail, config.quote(needle)).with("cluster", &cluster.name)
    };
    let status = cluster.status.as_str();
    if matches!(status, "CREATING" | "DELETING" | "FAILED" | "PENDING") {
        let broken = Verdict::broken(&NOT_ACTIVE, status, source.quote(status));
        return Ok(broken.with("cluster", &cluster.name).with("status", status));
    }
    let (asked, own) = (host(&given.server), host(&cluster.endpoint));
    if asked.is_empty() || own.is_empty() {
        return Err(CLUSTER_IDENTITY.missing("an endpoint to compare is missing"));
    }
    let authority = given.ca_sha256.as_deref().filter(|_| !cluster.ca_sha256.is_empty());
    let same_ca = authority.map(|it| it.eq_ignore_ascii_case(&cluster.ca_sha256));
    if asked == own {
        return match same_ca {
            Some(true) => Ok(Verdict::intact(&cluster.name, source)),
            Some(false) => Ok(broken(&ANOTHER_CA, &cluster.name, "certificate-authority")
                .and_evidence(source.quote("certificateAuthority"))),
            None => Err(NODE_CHECK_AS_ROOT.missing("the CA of the kubeconfig could not be read")),
        };
    }
    // A server that the node's CA vouches for is a cluster's own: then the name is of another one.
    let answers = facts.node.cluster_endpoint.value().map(|it| &it.ended);
    let coherent = matches!(answers, Some(Ended::Answered(200 | 401 | 403)));
    let fault = match same_ca {
        Some(true) => &ANOTHER_ENDPOINT,
        Some(false) => &ANOTHER_NAME,
        None if coherent => &ANOTHER_NAME,
        None => {
            let why = format!("{} is not the endpoint of {}", asked, cluster.name);
            return Err(NODE_CHECK_AS_ROOT.doubt(why, config.quote("server")));
        }
    };
    Ok(broken(fault, &given.server, "server")
        .with("host", asked)
        .and_evidence(source.quote("endpoint")))
}

fn host(url: &str) -> String {
    let url = url.trim_start_matches("https://").trim_end_matches('/');
    url.trim_end_matches(":443").to_ascii_lowercase()
}
