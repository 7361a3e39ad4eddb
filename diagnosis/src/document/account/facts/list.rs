//! Lists of which a group has its part, and what is known of those that were not given.

use crate::document::account::Answers;
use crate::document::account::listing::Listing;
use crate::facts::aws::{Presence, Resource, autoscaling, ec2, eks, iam, tag};
use crate::facts::{Facts, Group, Observed, RoleObject, ServiceAccount, Source};

/// Of more the facts would be longer than all the rest.
const SHOWN: usize = 50;

/// The add-on whose pods are aws-node.
const NETWORK: &str = "vpc-cni";

impl<T: Clone> Listing<T> {
    pub(super) fn values(&self, action: &str, answers: &Answers) -> Observed<Vec<T>> {
        match answers.list(self, action, |_| true) {
            Observed::Seen { value, source } => {
                let source = match &value[..] {
                    [one] => one.source.clone(),
                    [] => source,
                    many if many.len() > SHOWN => source,
                    // Whatever one of them says can be quoted; then lines count no more.
                    all => {
                        let text: Vec<&str> = all.iter().map(|it| &*it.source.text).collect();
                        Source { text: text.join("\n"), line: 0, ..source }
                    }
                };
                Observed::seen(value.into_iter().map(|it| it.value).collect(), source)
            }
            Observed::Failed { why, source } => Observed::failed(why, source),
            Observed::Skipped => Observed::Skipped,
        }
    }
}

impl Answers {
    /// Of a list that is whole, or not known.
    pub(super) fn list<T: Clone>(
        &self,
        listing: &Listing<T>,
        action: &str,
        own: impl Fn(&T) -> bool,
    ) -> Observed<Vec<Resource<T>>> {
        self.failed(action, "").unwrap_or_else(|| listing.whole(own))
    }

    /// Of a list that may lack some of them.
    pub(in crate::document::account) fn some<T: Clone>(
        &self,
        listing: &Listing<T>,
        action: &str,
        name: &str,
        own: impl Fn(&T) -> bool,
    ) -> Observed<Vec<Resource<T>>> {
        match listing.some(own) {
            Observed::Seen { value, source } if !value.is_empty() => Observed::seen(value, source),
            none => self.failed(action, name).unwrap_or(none),
        }
    }

    /// Whether one that is meant to give the nodes their network has a role of its own, only its
    /// description tells: without that nothing is known.
    pub(super) fn addon_facts(&self) -> Observed<Vec<Resource<eks::Addon>>> {
        let described = |name: &str| self.addons.find(|it| it.addon_name == name).is_some();
        let missing = if self.addon_names.is_given() {
            self.addon_names.names().find(|it| *it == NETWORK && !described(it))
        } else {
            Some(NETWORK).filter(|it| !described(it))
        };
        let given = self.addons.is_given() || self.addon_names.is_given();
        match missing {
            None => {
                let listing = if self.addons.is_given() {
                    self.addons.some(|_| true)
                } else {
                    Observed::seen(Vec::new(), self.addon_names.answers[0].clone())
                };
                match (&self.addon_names.cut, self.failed("eks:ListAddons", "")) {
                    (Some((why, source)), _) => Observed::failed(why, source.clone()),
                    (None, Some(failed)) if !described(NETWORK) => failed,
                    _ => listing,
                }
            }
            Some(name) => self
                .failed("eks:DescribeAddon", name)
                .or_else(|| self.failed("eks:ListAddons", ""))
                .unwrap_or_else(|| match self.addon_names.answers.first() {
                    Some(source) if given => {
                        Observed::failed(format!("add-on {name} was not described"), source.clone())
                    }
                    _ => Observed::Skipped,
                }),
        }
    }

    /// Whom aws-node is to be, where its add-on says so: without that role no node becomes Ready.
    /// What was read in this account says nothing of a role in another.
    pub(super) fn network_role(&self, facts: &mut Facts) {
        let addons = facts.account.group.addons.value().into_iter().flatten();
        let mut addons = addons.filter(|it| it.addon_name == NETWORK);
        let Some(addon) = addons.find(|it| !it.service_account_role_arn.is_empty()) else { return };
        let arn = addon.service_account_role_arn.clone();
        let account = ServiceAccount {
            namespace: "kube-system".to_owned(),
            name: "aws-node".to_owned(),
            role_arn: Some(arn.clone()),
            ..ServiceAccount::default()
        };
        facts.cluster.service_account =
            Observed::seen(Presence::Present(account), addon.source.clone());
        let of = |arn: &str| arn.split(':').nth(4).map(str::to_owned);
        let own = facts.account.cluster.value().and_then(|it| of(&it.arn));
        if own == of(&arn) {
            facts.account.role = self.role(&arn);
            facts.account.oidc_providers = self.oidc_providers();
        }
    }

    pub(super) fn template_of(&self, it: &Group) -> Observed<Presence<ec2::LaunchTemplateVersion>> {
        const ACTION: &str = "ec2:DescribeLaunchTemplateVersions";
        let scaling = it.scaling_group.value().and_then(Presence::present);
        let nodegroup = it.nodegroup.value().and_then(Presence::present);
        let given = nodegroup.and_then(|it| it.launch_template.as_ref());
        let running = it.instances.value().into_iter().flatten();
        let mut tagged = running.filter_map(|it| {
            let id = tag(&it.value.tags, "aws:ec2launchtemplate:id")?;
            Some((id, "", tag(&it.value.tags, "aws:ec2launchtemplate:version")?))
        });
        let specified = scaling
            .and_then(specified)
            .or(given.map(|it| (&*it.id, &*it.name, &*it.version)))
            .or(tagged.next_back());
        let Some((id, name, version)) = specified else {
            return match &it.scaling_group {
                Observed::Failed { why, source } => Observed::failed(why, source.clone()),
                _ => Observed::Skipped,
            };
        };
        let of = |it: &ec2::LaunchTemplateVersion| {
            if id.is_empty() {
                it.launch_template_name == name
            } else {
                it.launch_template_id == id
            }
        };
        let versions = || self.templates.all.iter().filter(|it| of(&it.value));
        let found = match version {
            "" | "$Default" => versions().find(|it| it.default_version == Some(true)),
            "$Latest" => versions().max_by_key(|it| it.version_number),
            number => versions().find(|it| it.version_number.to_string() == number),
        };
        if let Some(it) = found {
            return Observed::seen(Presence::Present(it.value.clone()), it.source.clone());
        }
        let names = [id, name].into_iter().filter(|it| !it.is_empty());
        if let Some(source) = names.clone().find_map(|it| self.absent(ACTION, it)) {
            return Observed::seen(Presence::Absent, source);
        }
        names.clone().find_map(|it| self.failed(ACTION, it)).unwrap_or_default()
    }

    pub(super) fn profile_of(&self, it: &Group) -> Observed<Presence<iam::InstanceProfile>> {
        let template = it.launch_template.value().and_then(Presence::present);
        let template =
            template.and_then(|it| it.launch_template_data.iam_instance_profile.as_ref());
        let mut running = it.instances.value().into_iter().flatten();
        let running = running.find_map(|it| it.value.iam_instance_profile.as_ref());
        let Some(it) = template.or(running) else { return Observed::Skipped };
        self.profile(if it.name.is_empty() { &it.arn } else { &it.name })
    }

    /// As the node group says, else as the instance profile holds it.
    pub(super) fn role_of(&self, it: &Group) -> Observed<RoleObject> {
        let nodegroup = it.nodegroup.value().and_then(Presence::present);
        let profile = it.instance_profile.value().and_then(Presence::present);
        let held = profile.and_then(|it| it.roles.first()).map(|it| &it.arn);
        let cluster = it.cluster.value().and_then(Presence::present);
        let auto = cluster
            .map(|it| &it.compute_config)
            .filter(|_| it.compute.value() == Some(&crate::facts::Compute::AutoMode));
        let arn = nodegroup
            .map(|it| &it.node_role)
            .filter(|it| !it.is_empty())
            .or(auto.map(|it| &it.node_role_arn).filter(|it| !it.is_empty()))
            .or(held);
        arn.map(|it| self.role(it)).unwrap_or_default()
    }
}

/// Id, name and version of the template that new instances are made of.
pub(in crate::document::account) fn specified(
    it: &autoscaling::AutoScalingGroup,
) -> Option<(&str, &str, &str)> {
    let mixed = it.mixed_instances_policy.as_ref();
    let mixed = mixed.map(|it| &it.launch_template.launch_template_specification);
    let it = it.launch_template.as_ref().or(mixed)?;
    Some((&it.launch_template_id, &it.launch_template_name, &it.version))
}
