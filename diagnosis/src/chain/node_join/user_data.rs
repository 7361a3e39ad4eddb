//! The user data tells nodeadm which cluster this node is to join.

use super::joined;
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{
        Facts, NodeConfig, Observed, UserData,
        aws::Presence,
        inputs::{LAUNCH_TEMPLATE, NODE_CHECK, NODE_CHECK_AS_ROOT},
    },
    os,
};

pub(super) static LINK: Link = Link {
    id: "user-data",
    title: "user data",
    means: "The instance's user data has what its image's bootstrap reads: on AL2023 a NodeConfig with the cluster's name, endpoint, CA and service range, as a MIME part of its own type; a call of bootstrap.sh on AL2; settings on Bottlerocket.",
    judged: "From the user data that the metadata service gives, decoded; none of its text is kept. What is missing breaks the link only where nodeadm is on the image and no kubelet runs: a node that was configured otherwise lacks nothing.",
    sources: &[
        "https://awslabs.github.io/amazon-eks-ami/nodeadm/",
        "awslabs/amazon-eks-ami nodeadm/internal/configprovider and nodeadm/internal/api/validation.go, 2026-07",
        "https://docs.aws.amazon.com/eks/latest/userguide/al2023.html",
    ],
    faults: &[
        &ABSENT,
        &NO_NODE_CONFIG,
        &BOOTSTRAP_SCRIPT,
        &BROKEN,
        &API_VERSION,
        &NO_NAME,
        &NO_ENDPOINT,
        &NO_CA,
        &NO_CIDR,
        &IP_FAMILY,
    ],
    signs: &[
        Sign::new(
            "could not find NodeConfig within UserData",
            r#"nodeadm[1730]: {"level":"fatal","caller":"nodeadm/main.go:36","msg":"Command failed","error":"could not find NodeConfig within UserData"}"#,
            "awslabs/amazon-eks-ami nodeadm/internal/configprovider/mime.go, 2026-07",
            &[Way(&LINK, &NO_NODE_CONFIG)],
        ),
        Sign::new(
            "no config in chain",
            r#"nodeadm[1730]: {"level":"fatal","caller":"nodeadm/main.go:36","msg":"Command failed","error":"no config in chain"}"#,
            "awslabs/amazon-eks-ami nodeadm/internal/configprovider/chain.go, 2026-07",
            &[Way(&LINK, &ABSENT), Way(&LINK, &NO_NODE_CONFIG)],
        ),
        Sign::new(
            "failed to decode user data: ",
            r#"nodeadm[1730]: {"level":"fatal","msg":"Command failed","error":"failed to decode user data: illegal base64 data at input byte 4"}"#,
            "awslabs/amazon-eks-ami nodeadm/internal/configprovider/userdata.go, 2026-07",
            &[Way(&LINK, &BROKEN)],
        ),
        Sign::new(
            "failed to decompress user data: ",
            r#"nodeadm[1730]: {"level":"fatal","msg":"Command failed","error":"failed to decompress user data: unexpected EOF"}"#,
            "awslabs/amazon-eks-ami nodeadm/internal/configprovider/userdata.go, 2026-07",
            &[Way(&LINK, &BROKEN)],
        ),
        Sign::new(
            "Name is missing in cluster configuration",
            r#"nodeadm[1730]: {"level":"fatal","msg":"Command failed","error":"Name is missing in cluster configuration"}"#,
            VALIDATION,
            &[Way(&LINK, &NO_NAME)],
        ),
        Sign::new(
            "Apiserver endpoint is missing in cluster configuration",
            r#"nodeadm[1730]: {"level":"fatal","msg":"Command failed","error":"Apiserver endpoint is missing in cluster configuration"}"#,
            VALIDATION,
            &[Way(&LINK, &NO_ENDPOINT)],
        ),
        Sign::new(
            "Certificate authority is missing in cluster configuration",
            r#"nodeadm[1730]: {"level":"fatal","msg":"Command failed","error":"Certificate authority is missing in cluster configuration"}"#,
            VALIDATION,
            &[Way(&LINK, &NO_CA)],
        ),
        Sign::new(
            "CIDR is missing in cluster configuration",
            r#"nodeadm[1730]: {"level":"fatal","msg":"Command failed","error":"CIDR is missing in cluster configuration"}"#,
            VALIDATION,
            &[Way(&LINK, &NO_CIDR)],
        ),
        Sign::new(
            "ERROR: cluster name is not defined",
            "cloud-init[2512]: ERROR: cluster name is not defined!",
            "awslabs/amazon-eks-ami branch al2, templates/al2/runtime/bootstrap.sh",
            &[Way(&LINK, &NO_NAME)],
        ),
        Sign::new(
            "Invalid --ip-family",
            "cloud-init[2512]: Invalid --ip-family. Only ipv4 or ipv6 are allowed",
            "awslabs/amazon-eks-ami branch al2, templates/al2/runtime/bootstrap.sh",
            &[Way(&LINK, &IP_FAMILY)],
        ),
    ],
    host: no_host,
    look,
};

const VALIDATION: &str = "awslabs/amazon-eks-ami nodeadm/internal/api/validation.go, 2026-07";

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of the node group's launch template",
    impact: "new nodes of the group; this one is replaced",
    verify: "eks-triage check, on a new node",
    expect: "user data intact",
};

/// The values that a NodeConfig needs, as the cluster itself says them.
const VALUES: &str = "aws eks describe-cluster --name <cluster> --query 'cluster.[name,endpoint,certificateAuthority.data,kubernetesNetworkConfig.serviceIpv4Cidr]'\n\
     # they belong into the user data of the launch template, as a MIME part of the type application/node.eks.aws:\n\
     #   apiVersion: node.eks.aws/v1alpha1\n\
     #   kind: NodeConfig\n\
     #   spec: {cluster: {name: …, apiServerEndpoint: …, certificateAuthority: …, cidr: …}}";

static ABSENT: Fault = OURS.fault(
    "absent",
    "the instance has no user data, so that nodeadm knows of no cluster",
    "give the launch template user data with a NodeConfig; a managed node group without an image of its own adds it by itself",
    VALUES,
);
static NO_NODE_CONFIG: Fault = OURS.fault(
    "no-node-config",
    "the user data holds no NodeConfig for nodeadm",
    "add a NodeConfig as a MIME part of the type application/node.eks.aws, or as the whole of the user data",
    VALUES,
);
static BOOTSTRAP_SCRIPT: Fault = OURS.fault(
    "bootstrap-script",
    "the user data calls bootstrap.sh, which this image does not have: nodeadm reads a NodeConfig",
    "replace the call of bootstrap.sh by a NodeConfig",
    VALUES,
);
static BROKEN: Fault = OURS.fault(
    "broken",
    "the user data cannot be read: <why>",
    "correct how the user data is encoded; EC2 takes base64 off once, gzip and MIME are allowed within",
    "aws ec2 describe-instance-attribute --instance-id <instance> --attribute userData --query UserData.Value --output text | base64 -d | head -c 300\n\
     # it should begin with MIME-Version and Content-Type: multipart/mixed; boundary=\"…\", or be the NodeConfig itself",
);
static API_VERSION: Fault = OURS.fault(
    "wrong-api-version",
    "the NodeConfig is of an API version that nodeadm does not read: <other>",
    "write apiVersion: node.eks.aws/v1alpha1 and kind: NodeConfig",
    VALUES,
);
static NO_NAME: Fault = OURS.fault(
    "no-name",
    "the user data does not name the cluster",
    "give the cluster's name: spec.cluster.name of the NodeConfig, or the argument of bootstrap.sh",
    VALUES,
);
static NO_ENDPOINT: Fault = OURS.fault(
    "no-endpoint",
    "the NodeConfig lacks the cluster's endpoint",
    "write the cluster's endpoint into spec.cluster.apiServerEndpoint",
    VALUES,
);
static NO_CA: Fault = OURS.fault(
    "no-ca",
    "the NodeConfig lacks the cluster's CA",
    "write the cluster's CA, in base64, into spec.cluster.certificateAuthority",
    VALUES,
);
static NO_CIDR: Fault = OURS.fault(
    "no-cidr",
    "the NodeConfig lacks the cluster's service range",
    "write the range of the cluster's services into spec.cluster.cidr",
    VALUES,
);
static IP_FAMILY: Fault = OURS.fault(
    "ip-family",
    "bootstrap.sh is called with an IP family that does not exist",
    "give --ip-family ipv4 or ipv6, as the cluster has it, and with ipv6 --service-ipv6-cidr",
    "aws eks describe-cluster --name <cluster> --query cluster.kubernetesNetworkConfig",
);

const GROUP: &str = "node.eks.aws/v1alpha1";

fn look(facts: &Facts) -> Look {
    if let Some(source) = joined::ready(facts) {
        return Ok(Verdict::intact("it joined", source));
    }
    let template = &facts.account.group.launch_template;
    if facts.node.user_data.value().is_none() && matches!(template, Observed::Failed { .. }) {
        template.need(&LAUNCH_TEMPLATE)?;
    }
    // A node that could not look leaves it to the template that it was made of.
    let (data, source) = match facts.account.group.user_data.need(&LAUNCH_TEMPLATE) {
        Ok(template) if facts.node.user_data.value().is_none() => template,
        _ => facts.node.user_data.need(&NODE_CHECK)?,
    };
    let (fault, detail) = match data {
        UserData::NodeConfig(config) => match lacking(config) {
            Some((fault, detail)) => (fault, detail),
            None => return Ok(Verdict::intact("a whole NodeConfig", source)),
        },
        UserData::Broken { why } => (&BROKEN, why.as_str()),
        UserData::None => (&ABSENT, "none"),
        UserData::Bootstrap { .. } => (&BOOTSTRAP_SCRIPT, "a call of bootstrap.sh"),
        UserData::Settings { .. } | UserData::Other => (&NO_NODE_CONFIG, "no NodeConfig"),
    };
    if super::kubelet_answers(facts) {
        return Ok(Verdict::not_applicable("the kubelet was configured otherwise"));
    }
    let config = matches!(data, UserData::NodeConfig(_));
    match if config { Some(true) } else { nodeadm(facts) } {
        Some(true) => {}
        Some(false) if matches!(data, UserData::Bootstrap { .. }) => {
            return Ok(Verdict::intact("a call of bootstrap.sh", source));
        }
        Some(false) => {
            return Err(NODE_CHECK_AS_ROOT.missing(format!("{detail}; this image has no nodeadm")));
        }
        None => return Err(NODE_CHECK_AS_ROOT.missing(format!("{detail}; which image is it?"))),
    }
    let broken = Verdict::broken(fault, detail, source.quote(detail));
    let other = match data {
        UserData::NodeConfig(it) => it.api_version.clone(),
        _ => String::new(),
    };
    Ok(broken.with("why", detail).with("other", other))
}

/// In the order in which nodeadm asks for them.
fn lacking(config: &NodeConfig) -> Option<(&'static Fault, &str)> {
    let NodeConfig { name, endpoint, ca_sha256, cidr, api_version, .. } = config;
    let lacks = [
        (api_version == GROUP, &API_VERSION, "apiVersion"),
        (name.is_some(), &NO_NAME, "name"),
        (endpoint.is_some(), &NO_ENDPOINT, "apiServerEndpoint"),
        (ca_sha256.is_some(), &NO_CA, "certificateAuthority"),
        (cidr.is_some(), &NO_CIDR, "cidr"),
    ];
    lacks.into_iter().find(|(held, ..)| !held).map(|(_, fault, what)| (fault, what))
}

/// Whether nodeadm configures this node, by its units; the image's name alone tells only of the
/// images that never had it.
fn nodeadm(facts: &Facts) -> Option<bool> {
    let units = facts.node.host.bootstrap_units.value();
    let loaded = units
        .map(|units| units.iter().any(|it| it.name.starts_with("nodeadm") && it.load == "loaded"));
    let image = facts.node.host.os.value().and_then(os::image);
    let never =
        image.is_some_and(|it| !it.bootstrap_units.iter().any(|it| it.starts_with("nodeadm")));
    loaded.or(never.then_some(false)).or_else(|| by_account(facts))
}

/// By the type of the group's image, else by the name that EKS gives its images.
fn by_account(facts: &Facts) -> Option<bool> {
    let group = &facts.account.group;
    let nodegroup = group.nodegroup.value().and_then(Presence::present);
    let kind = nodegroup.map_or("", |it| &it.ami_type);
    let image = group.image.value().and_then(Presence::present).map_or("", |it| &it.name);
    if kind.starts_with("AL2023_") || image.starts_with("amazon-eks-node-al2023-") {
        return Some(true);
    }
    let never = ["AL2_", "BOTTLEROCKET_", "WINDOWS_"].iter().any(|it| kind.starts_with(it));
    never.then_some(false)
}
