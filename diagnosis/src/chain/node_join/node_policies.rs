//! The node role may make the calls that a node makes.

use super::of_account;
use crate::{
    aws::RoleArn,
    chain::{Fault, Link, Look, Verdict, no_host},
    facts::{
        Compute, Facts, Missing, Role, RoleObject, UserData,
        inputs::{ADDONS, LAUNCH_TEMPLATE, NODE_POLICY, NODE_ROLE, NODE_ROLE_POLICIES},
    },
    iam::{self, Answer, Document, Element, Policy, Request},
    report::Evidence,
};

mod data;
mod faults;

use faults::{
    BOUNDARY, DENIED, NO_CNI, NO_DESCRIBE_CLUSTER, NO_DESCRIBE_INSTANCES, NO_IPV6, NO_PULL,
};

pub(super) static LINK: Link = Link {
    id: "node-policies",
    title: "node role's policies",
    means: "The node role may do what a node does itself: learn its own name where nodeadm asks EC2 for it, learn its cluster where bootstrap.sh asks EKS, pull images from ECR, and manage addresses where aws-node has no role of its own.",
    judged: "By what its policies allow in effect, not by their names: each needed action is asked of all documents, within the boundary. Of AWS's own policies for nodes the documents are known by name; another one that was not read leaves it unknown only where it could give, or deny, what is needed. Pull-only, minimal, and a CNI with a role of its own are healthy. What goes beyond is a risk.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html",
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSWorkerNodePolicy.html",
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerRegistryPullOnly.html",
        "aws/amazon-vpc-cni-k8s docs/iam-policy.md, v1.23.1",
        "awslabs/amazon-eks-ami nodeadm/internal/api and templates/al2/runtime/bootstrap.sh, 2026-07",
    ],
    faults: &[
        &NO_DESCRIBE_INSTANCES,
        &NO_DESCRIBE_CLUSTER,
        &NO_CNI,
        &NO_IPV6,
        &NO_PULL,
        &BOUNDARY,
        &DENIED,
    ],
    signs: &[],
    host: no_host,
    look,
};

/// What is needed for one thing, and what is wrong where it is not allowed.
struct Needed {
    actions: &'static [&'static str],
    fault: &'static Fault,
}

static DESCRIBE_INSTANCES: Needed =
    Needed { actions: &["ec2:DescribeInstances"], fault: &NO_DESCRIBE_INSTANCES };
static DESCRIBE_CLUSTER: Needed =
    Needed { actions: &["eks:DescribeCluster"], fault: &NO_DESCRIBE_CLUSTER };
static CNI: Needed = Needed {
    actions: &[
        "ec2:DescribeNetworkInterfaces",
        "ec2:CreateNetworkInterface",
        "ec2:AttachNetworkInterface",
        "ec2:ModifyNetworkInterfaceAttribute",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    ],
    fault: &NO_CNI,
};
static CNI_IPV6: Needed = Needed {
    actions: &[
        "ec2:DescribeNetworkInterfaces",
        "ec2:CreateNetworkInterface",
        "ec2:AssignIpv6Addresses",
    ],
    fault: &NO_IPV6,
};
static PULL: Needed = Needed {
    actions: &["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    fault: &NO_PULL,
};

fn look(facts: &Facts) -> Look {
    let (role, source) = facts.account.group.role.need(&NODE_ROLE)?;
    let RoleObject::Present(role) = role else {
        return Err(NODE_ROLE.missing("the node role does not exist"));
    };
    let documents = Documents::of(role);
    let mut open = None;
    for needed in needs(facts) {
        let needed = match needed {
            Ok(it) => it,
            Err(missing) => {
                open = open.or(Some(missing));
                continue;
            }
        };
        match documents.allow(facts, role, needed) {
            Ok(None) => {}
            Ok(Some(broken)) => return Ok(broken),
            Err(missing) => open = open.or(Some(missing)),
        }
    }
    if let Some(missing) = open {
        return Err(missing);
    }
    let names = role.policies.iter().map(|it| short(&it.name)).collect::<Vec<_>>().join(", ");
    Ok(documents.risks(facts, role, Verdict::intact(names, source)))
}

/// In the order in which a node needs it.
fn needs(facts: &Facts) -> Vec<Result<&'static Needed, Missing>> {
    let mut all = Vec::new();
    if !of_account::is(facts, Compute::AutoMode) {
        all.extend(joining(facts).transpose());
        all.extend(addresses(facts).transpose());
    }
    all.push(Ok(&PULL));
    all
}

/// What the node asks AWS before it joins.
fn joining(facts: &Facts) -> Result<Option<&'static Needed>, Missing> {
    let group = &facts.account.group;
    let data = group.user_data.value();
    let kind = of_account::nodegroup(facts).map_or("", |(it, _)| it.ami_type.as_str());
    let image = of_account::there(&group.image).map_or("", |(it, _)| it.name.as_str());
    Ok(match data {
        Some(UserData::NodeConfig(it)) => {
            let by_id = it.gates.iter().any(|it| it == "InstanceIdNodeName");
            (!by_id).then_some(&DESCRIBE_INSTANCES)
        }
        Some(UserData::Bootstrap { with_endpoint, .. }) => {
            (!with_endpoint).then_some(&DESCRIBE_CLUSTER)
        }
        Some(UserData::Settings { .. }) => None,
        // EKS writes it itself, and gives its images what they need to know of the cluster.
        _ if kind.starts_with("AL2023") => Some(&DESCRIBE_INSTANCES),
        _ if !kind.is_empty() && kind != "CUSTOM" => None,
        _ if image.contains("al2023") => Some(&DESCRIBE_INSTANCES),
        _ if image.starts_with("bottlerocket") || image.starts_with("Windows") => None,
        _ => return Err(LAUNCH_TEMPLATE.missing("by what its nodes join: image and user data")),
    })
}

/// The VPC CNI calls as the node, where nobody gave it a role of its own.
fn addresses(facts: &Facts) -> Result<Option<&'static Needed>, Missing> {
    let annotated = facts.cluster.annotated.value().into_iter().flatten();
    let mut own = annotated.filter(|it| it.namespace == "kube-system" && it.name == "aws-node");
    if own.any(|it| it.role_arn.is_some()) {
        return Ok(None);
    }
    let (addons, _) = facts.account.group.addons.need(&ADDONS)?;
    let Some(cni) = addons.iter().find(|it| it.addon_name == "vpc-cni") else {
        return Err(ADDONS.missing("vpc-cni is no add-on here: whether aws-node has its own role"));
    };
    if !cni.service_account_role_arn.is_empty() || !cni.pod_identity_associations.is_empty() {
        return Ok(None);
    }
    let family = of_account::there(&facts.account.group.cluster)
        .map(|(it, _)| it.kubernetes_network_config.ip_family.as_str());
    Ok(Some(if family == Some("ipv6") { &CNI_IPV6 } else { &CNI }))
}

/// The role's policies as far as they are known.
struct Documents {
    policies: Vec<Policy>,
    /// To which of the role's policies each belongs.
    of: Vec<usize>,
    /// Policies that could give something, as nobody read them.
    unread: Vec<String>,
    /// And those that could take something away.
    doubtful: Vec<String>,
    boundary: Option<Policy>,
}

impl Documents {
    fn of(role: &Role) -> Self {
        let (mut policies, mut of) = (Vec::new(), Vec::new());
        let (mut unread, mut doubtful) = (role.unread.clone(), role.unread.clone());
        for (at, it) in role.policies.iter().enumerate() {
            if let Some(policy) = document(&it.name, &it.text) {
                policies.push(policy);
                of.push(at);
            } else {
                unread.push(it.name.clone());
                doubtful.extend(Some(it.name.clone()).filter(|it| data::may_deny(it)));
            }
        }
        let boundary = role.boundary.as_ref();
        let read = boundary.and_then(|it| document(&it.name, &it.text));
        if let Some(it) = boundary.filter(|_| read.is_none()) {
            doubtful.push(it.name.clone());
        }
        Self { policies, of, unread, doubtful, boundary: read }
    }

    /// `None` where all is allowed.
    fn allow(
        &self,
        facts: &Facts,
        role: &Role,
        needed: &'static Needed,
    ) -> Result<Option<Verdict>, Missing> {
        let mut open = None;
        for action in needed.actions {
            match self.ask(facts, role, action) {
                Answer::Allowed { .. } if self.doubtful.is_empty() => {}
                Answer::Allowed { .. } => open = open.or_else(|| self.unread_first(action)),
                Answer::Denied { explicit: true, why } => {
                    let first = why.first();
                    let (name, quote) = self.quoted(role, first);
                    let broken = Verdict::broken(&DENIED, format!("{action}: {name}"), quote);
                    let broken = broken.and_evidence(attached(role, &name));
                    return Ok(Some(named(broken, action, &name)));
                }
                Answer::Denied { why, .. } => {
                    let first = why.first();
                    let limited = |it: &iam::Why| it.document == Document::Boundary;
                    if first.is_some_and(limited) && !why.iter().any(|it| !limited(it)) {
                        let (name, quote) = self.quoted(role, first);
                        let broken = Verdict::broken(&BOUNDARY, format!("{action}: {name}"), quote);
                        return Ok(Some(named(broken, action, &name)));
                    }
                    // On other resources it may: whose they are is not known here.
                    if elsewhere(&why) {
                        let why = format!("{action} is allowed on some resources only");
                        open = open.or(Some(NODE_ROLE_POLICIES.missing(why)));
                    } else if self.unread.is_empty() {
                        return Ok(Some(lacking(role, needed.fault, action)));
                    } else {
                        open = open.or_else(|| self.unread_first(action));
                    }
                }
                Answer::Unknown { why } => {
                    let words = why.first().map_or("not evaluated", |it| &it.words);
                    open = open.or(Some(NODE_ROLE_POLICIES.missing(format!("{action}: {words}"))));
                }
            }
        }
        open.map_or(Ok(None), Err)
    }

    fn unread_first(&self, action: &str) -> Option<Missing> {
        let name = self.unread.first().or(self.doubtful.first())?;
        Some(NODE_POLICY.missing(format!("{action}: {name} was not read")))
    }

    fn ask(&self, facts: &Facts, role: &Role, action: &str) -> Answer {
        let region = of_account::there(&facts.account.group.cluster)
            .and_then(|(it, _)| it.arn.split(':').nth(3))
            .unwrap_or_default();
        let partition = RoleArn::parse(&role.arn).map_or("aws", |it| it.partition);
        // Of one of EKS's own images; other actions are asked of whatever there may be.
        let resource = match action {
            "ecr:BatchGetImage" | "ecr:GetDownloadUrlForLayer" => {
                format!("arn:{partition}:ecr:{region}:602401143452:repository/eks/pause")
            }
            _ => "*".to_owned(),
        };
        let request = Request::call(&role.arn, action, Some(&resource));
        let request = match region {
            "" => request,
            region => request.with("aws:RequestedRegion", [region]),
        };
        iam::identity(&self.policies, self.boundary.as_ref(), &request)
    }

    /// The policy by its name, and what in it decides.
    fn quoted(&self, role: &Role, why: Option<&iam::Why>) -> (String, Evidence) {
        let document = why.map(|it| match it.document {
            Document::Policy(at) => self.of.get(at).and_then(|at| role.policies.get(*at)),
            Document::Boundary => role.boundary.as_ref(),
        });
        let name = document.flatten().map_or(role.arn.clone(), |it| it.name.clone());
        let said = document.flatten().is_some_and(|it| !it.text.is_empty());
        let quote = why.map_or("", |it| it.quote.lines().next().unwrap_or_default().trim());
        let quote = if said && !quote.is_empty() { quote.to_owned() } else { name.clone() };
        let evidence = Evidence { quote, source: short(&name).to_owned(), line: None };
        (name, evidence)
    }

    /// What works, and is more than a node needs.
    fn risks(&self, facts: &Facts, role: &Role, verdict: Verdict) -> Verdict {
        const BEYOND: [&str; 4] =
            ["iam:CreateRole", "s3:GetObject", "secretsmanager:GetSecretValue", "ec2:RunInstances"];
        let tells = |what: &str| {
            format!("the node role {what}, and so may every pod that reaches its metadata service")
        };
        let wide = role.policies.iter().filter(|it| data::is_wide(&it.name));
        let mut verdict = wide.fold(verdict, |verdict, it| {
            let title = tells(&format!("has {}, far more than a node needs", short(&it.name)));
            verdict.and_risk(title, attached(role, &it.name))
        });
        if verdict.risks.is_empty() {
            for action in BEYOND {
                if let Answer::Allowed { by, .. } = self.ask(facts, role, action)
                    && let Document::Policy(at) = by.document
                    && let Some(it) = self.of.get(at).and_then(|at| role.policies.get(*at))
                {
                    let title = tells(&format!("may {action} everywhere, by {}", short(&it.name)));
                    verdict = verdict.and_risk(title, attached(role, &it.name));
                }
            }
        }
        verdict
    }
}

fn document(name: &str, text: &str) -> Option<Policy> {
    let text = if text.is_empty() { data::known(name)? } else { text };
    Policy::parse(text).ok()
}

fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn named(verdict: Verdict, action: &str, policy: &str) -> Verdict {
    verdict.with("action", action).with("policy", policy)
}

/// Whether a statement allows the action itself, on other resources.
fn elsewhere(why: &[iam::Why]) -> bool {
    let of_action = |it: &iam::Why| matches!(it.element, Element::Action | Element::NotAction);
    why.iter().filter(|it| it.element == Element::Resource).any(|it| {
        let same =
            |other: &&iam::Why| (other.document, other.statement) == (it.document, it.statement);
        !why.iter().filter(same).any(of_action)
    })
}

/// A policy by its name, as the role has it.
fn attached(role: &Role, name: &str) -> Evidence {
    let source = format!("policies of role {}", short(&role.arn));
    Evidence { quote: name.to_owned(), source, line: None }
}

/// What the role has instead.
fn lacking(role: &Role, fault: &'static Fault, action: &str) -> Verdict {
    let source = format!("policies of role {}", short(&role.arn));
    let quote =
        |quote: &str| Evidence { quote: quote.to_owned(), source: source.clone(), line: None };
    let mut names = role.policies.iter().map(|it| quote(&it.name));
    let first = names.next().unwrap_or_else(|| quote(&role.arn));
    let broken = Verdict::broken(fault, format!("{action} is allowed by none of them"), first);
    names.take(4).fold(broken, Verdict::and_evidence).with("action", action)
}
