//! All that decides why the nodes of one cluster do not join, in the form in which the AWS CLI and
//! kubectl print it: so a live look and pasted files are read alike. Read-only.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use aws_config::SdkConfig;
use diagnosis::facts::aws::autoscaling::AutoScalingGroup;
use diagnosis::facts::aws::ec2::{Instance, Subnet};
use diagnosis::facts::aws::eks::{Addon, Cluster, Nodegroup};
use diagnosis::facts::aws::tag;
use reach::Net;
use serde_json::json;
use tokio::time::Instant;

pub(crate) use self::answered::Answered;
use self::answered::distinct;
use self::named::{Own, images, stack_names};
use super::action::Action;
use super::credentials;
use super::session::{Refused, Session};

mod answered;
mod autoscaling;
mod cloudformation;
mod cloudtrail;
mod console;
pub(crate) mod document;
mod ec2;
mod eks;
mod iam;
mod kubernetes;
mod named;
mod pages;
mod placed;
mod roles;
mod templates;
#[cfg(test)]
mod tests;
mod vpc;
mod wrong;

/// A call that is throttled is made again within it.
const LIMIT: Duration = Duration::from_secs(40);

/// AWS throttles callers that read more at once.
const AT_ONCE: usize = 8;

/// Of what does not exist, so much is asked for once more by its name, which says so.
const MOST_GONE: usize = 10;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) cluster: String,
    pub(crate) region: Option<String>,
    pub(crate) profile: Option<String>,
    /// Only this one's templates, activities and consoles are read.
    pub(crate) group: Option<String>,
    pub(crate) kubeconfig: Option<PathBuf>,
}

/// Does not outlast the deadline. Err: nothing can be looked at, in one sentence.
pub(crate) async fn gather(
    net: &Net,
    wanted: &Wanted,
    deadline: Instant,
    tell: &dyn Fn(&str),
) -> Result<Vec<Answered>, String> {
    let (region, profile) = (wanted.region.as_deref(), wanted.profile.as_deref());
    let config = credentials::desk(net, region, profile, deadline).await;
    let config = config.map_err(|why| wrong::credentials(&why))?;
    Box::pin(with(&config, Some(net), wanted, deadline, tell)).await
}

/// Without a network of its own, only AWS is asked.
async fn with(
    config: &SdkConfig,
    net: Option<&Net>,
    wanted: &Wanted,
    deadline: Instant,
    tell: &dyn Fn(&str),
) -> Result<Vec<Answered>, String> {
    let aws = Aws::new(config, wanted, deadline);
    let (cluster, described) = match aws.cluster().await {
        Ok(found) => found,
        Err(why) => return Err(wrong::cluster(&aws, why).await),
    };
    let Cluster { version, status, .. } = &cluster;
    let (name, region) = (&aws.cluster, &aws.session.region);
    tell(&format!("cluster {name} in {region}: Kubernetes {version}, {status}"));
    let objects = async {
        let client =
            kubernetes::client(net?, wanted.kubeconfig.as_deref(), &cluster.endpoint, deadline);
        Some(kubernetes::look(&client.await?, deadline).await)
    };
    let (base, network, objects) = tokio::join!(
        Box::pin(aws.base()),
        Box::pin(async {
            let vpc = &cluster.resources_vpc_config.vpc_id;
            if vpc.is_empty() { Vec::new() } else { aws.network(vpc).await }
        }),
        Box::pin(objects),
    );
    let objects = objects.unwrap_or_default();
    let mut all = vec![described];
    all.extend(objects.answered);
    let joined = objects.joined;
    Box::pin(aws.rest(&cluster, base, joined.as_ref(), wanted, tell, &mut all)).await;
    all.extend(network);
    distinct(&mut all);
    Ok(all)
}

/// The clients, and the one conversation that all of them take part in.
struct Aws {
    session: Session,
    ec2: aws_sdk_ec2::Client,
    autoscaling: aws_sdk_autoscaling::Client,
    cloudformation: aws_sdk_cloudformation::Client,
    cloudtrail: aws_sdk_cloudtrail::Client,
    cluster: String,
}

/// What waits for nothing but the cluster's name.
struct Base {
    nodegroups: Vec<Nodegroup>,
    groups: Vec<AutoScalingGroup>,
    instances: Result<Vec<Instance>, Refused>,
    entries: Vec<String>,
    /// The add-on whose pods are aws-node.
    network: Option<Addon>,
    stacks: Result<Vec<diagnosis::facts::aws::cloudformation::Stack>, Refused>,
    answered: Vec<Answered>,
}

impl Aws {
    fn new(config: &SdkConfig, wanted: &Wanted, deadline: Instant) -> Self {
        Self {
            session: Session::limited(config, deadline, LIMIT, AT_ONCE),
            ec2: aws_sdk_ec2::Client::new(config),
            autoscaling: aws_sdk_autoscaling::Client::new(config),
            cloudformation: aws_sdk_cloudformation::Client::new(config),
            cloudtrail: aws_sdk_cloudtrail::Client::new(config),
            cluster: wanted.cluster.clone(),
        }
    }

    async fn base(&self) -> Base {
        let groups = async {
            let (names, listed) = self.nodegroups().await;
            let each = pages::together(names.iter().map(|it| self.nodegroup(it))).await;
            let (nodegroups, described): (Vec<_>, Vec<_>) = each.into_iter().unzip();
            let nodegroups: Vec<Nodegroup> = nodegroups.into_iter().flatten().collect();
            let scaled = nodegroups.iter().flat_map(|it| &it.resources.auto_scaling_groups);
            let scaled: BTreeSet<&str> = scaled.map(|it| &*it.name).collect();
            let (groups, scaling) = self.scaling_groups(&scaled).await;
            let answered: Vec<_> =
                std::iter::once(listed).chain(described).chain([scaling]).collect();
            (nodegroups, groups, answered)
        };
        let addons = async {
            let (names, listed) = self.addons().await;
            let each = pages::together(names.iter().map(|it| self.addon(it))).await;
            let (addons, described): (Vec<_>, Vec<_>) = each.into_iter().unzip();
            let mut addons = addons.into_iter().flatten();
            let network = addons.find(|it| it.addon_name == "vpc-cni");
            (network, std::iter::once(listed).chain(described).collect::<Vec<_>>())
        };
        let (groups, addons, entries, insights, instances, stacks, caller) = tokio::join!(
            Box::pin(groups),
            Box::pin(addons),
            Box::pin(self.access_entries()),
            Box::pin(self.insights()),
            Box::pin(self.instances()),
            Box::pin(self.stacks()),
            Box::pin(self.caller()),
        );
        let (nodegroups, groups, mut answered) = groups;
        let (network, of_addons) = addons;
        let (entries, listed) = entries;
        answered.extend(of_addons);
        answered.extend([listed, insights, caller]);
        Base { nodegroups, groups, instances, entries, network, stacks, answered }
    }

    /// What the first answers name.
    async fn rest(
        &self,
        cluster: &Cluster,
        base: Base,
        joined: Option<&BTreeSet<String>>,
        wanted: &Wanted,
        tell: &dyn Fn(&str),
        all: &mut Vec<Answered>,
    ) {
        let Base { nodegroups, groups, instances, entries, network, stacks, answered } = base;
        let prefixes = network.as_ref().and_then(Addon::prefix_delegation);
        let network_role = network.as_ref().map(|it| &*it.service_account_role_arn);
        let network_role = network_role.filter(|it| !it.is_empty());
        all.extend(answered);
        let instances = self.with_groups(instances, &groups).await;
        let none = Vec::new();
        let known = instances.as_ref().unwrap_or(&none);
        tell(&format!(
            "{}, {}, {}",
            count(nodegroups.len(), "managed node group"),
            count(groups.len(), "Auto Scaling group"),
            count(known.len(), "instance"),
        ));
        let own = Own::of(wanted.group.as_deref(), &nodegroups, &groups);
        let looks = own.groups.iter().map(|it| {
            let managed = tag(&it.tags, "eks:nodegroup-name");
            let managed = nodegroups.iter().find(|it| Some(&*it.nodegroup_name) == managed);
            let wrong = autoscaling::suffers(it) || managed.is_some_and(eks::suffers);
            self.activities(&it.auto_scaling_group_name, wrong)
        });
        let suspects = console::wanted(known, &own.groups, &own.nodegroups, joined);
        if !suspects.is_empty() {
            let count = count(suspects.len(), "instance");
            tell(&format!("reading the console of {count}; EC2 keeps it for about an hour"));
        }
        let running = known.iter().filter(|it| it.state.name == "running");
        let running: Vec<&str> = running.map(|it| &*it.instance_id).collect();
        let made = async {
            let (templates, mut made) =
                self.templates(templates::wanted(&own.groups, &own.nodegroups)).await;
            let images = images(known, &templates);
            let (images, roles) = tokio::join!(
                Box::pin(async {
                    if images.is_empty() { Vec::new() } else { self.images(&images).await }
                }),
                Box::pin(self.roles(
                    cluster,
                    network_role,
                    &nodegroups,
                    known,
                    &templates,
                    &entries
                )),
            );
            made.extend(images);
            made.extend(roles);
            (templates, made)
        };
        let statuses =
            async { if running.is_empty() { None } else { Some(self.statuses(&running).await) } };
        let providers = async {
            if network_role.is_some() {
                self.providers(&cluster.identity.oidc.issuer).await
            } else {
                Vec::new()
            }
        };
        let names = stack_names(cluster, &nodegroups, &groups, known);
        let refused = async {
            // Where instances may not be seen, one may run.
            let seen = instances.is_ok() || nodegroups.is_empty() && groups.is_empty();
            let open = seen && cloudtrail::is_open(&nodegroups, &groups, known);
            if open { Some(self.refused_calls().await) } else { None }
        };
        let (activities, consoles, made, statuses, providers, stacks, refused) = tokio::join!(
            Box::pin(pages::together(looks)),
            Box::pin(pages::together(suspects.iter().map(|it| self.console(it)))),
            Box::pin(made),
            Box::pin(statuses),
            Box::pin(providers),
            Box::pin(self.failures(stacks, &names)),
            Box::pin(refused),
        );
        let (templates, made) = made;
        let (placed, subnets) =
            Box::pin(self.placed(cluster, &nodegroups, &groups, known, &templates)).await;
        let asked = own.subnets(known);
        let open = |it: &&Subnet| asked.contains(&*it.subnet_id) && it.needs_interfaces(prefixes);
        let open: Vec<&Subnet> = subnets.iter().filter(open).collect();
        let uses = if open.is_empty() { Vec::new() } else { Box::pin(self.uses(&open)).await };
        all.extend(made.into_iter().chain(activities).chain(statuses).chain(placed).chain(uses));
        all.push(self.instances_document(instances));
        all.extend(consoles.into_iter().chain(providers).chain(stacks).chain(refused));
    }

    /// Instances of a group that its tags do not tell to be the cluster's.
    async fn with_groups(
        &self,
        instances: Result<Vec<Instance>, Refused>,
        groups: &[AutoScalingGroup],
    ) -> Result<Vec<Instance>, Refused> {
        let mut instances = instances?;
        let known: BTreeSet<&str> = instances.iter().map(|it| &*it.instance_id).collect();
        let lacks = |it: &&AutoScalingGroup| {
            it.instances.iter().any(|it| !known.contains(&*it.instance_id))
        };
        let lacking = groups.iter().filter(lacks);
        let names: Vec<&str> = lacking.map(|it| &*it.auto_scaling_group_name).collect();
        let more = self.instances_of("tag:aws:autoscaling:groupName", &names).await?;
        let more: Vec<_> =
            more.into_iter().filter(|it| !known.contains(&*it.instance_id)).collect();
        instances.extend(more);
        ec2::unique(&mut instances);
        Ok(instances)
    }

    async fn caller(&self) -> Answered {
        let request = self.session.sts.get_caller_identity().send();
        let answer = self.session.call(Action::GetCallerIdentity, request).await;
        let document =
            answer.map(|it| json!({"UserId": it.user_id, "Account": it.account, "Arn": it.arn}));
        let command = "aws sts get-caller-identity".to_owned();
        Answered::of("get-caller-identity", Action::GetCallerIdentity, command, document)
    }
}

fn count(of: usize, what: &str) -> String {
    format!("{of} {what}{}", if of == 1 { "" } else { "s" })
}
