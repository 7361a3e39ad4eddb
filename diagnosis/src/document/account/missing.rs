//! The commands whose answers would tell more, with the names filled in.

use std::collections::BTreeSet;

use super::absent::Missed;
use super::{Answers, names};
use crate::facts::aws::{Presence, ec2};
use crate::facts::{Facts, Observed, RoleObject};

mod lacking;
mod network;
mod nodes;

use crate::document::shell::word;
pub use lacking::Lacking;

/// Of one kind; who has more of them lists them by a script.
const MOST: usize = 20;

/// In the order in which they were found, each once.
struct Commands {
    region: String,
    all: Vec<String>,
    /// Of this kind, so far.
    counted: (String, usize),
}

impl Commands {
    /// Of a service that has regions.
    fn aws(&mut self, command: &str, arguments: &str) {
        let region = match &*self.region {
            "" => String::new(),
            it => format!(" --region {}", word(it)),
        };
        self.add(command, &format!("aws {command} {arguments}{region}"));
    }

    fn iam(&mut self, command: &str, arguments: &str) {
        self.add(command, &format!("aws iam {command} {arguments}"));
    }

    /// As somebody asked before, who needed to name no region.
    fn again(&mut self, command: &str) {
        let kind: Vec<&str> = command.split_whitespace().take(3).collect();
        match &kind[..] {
            ["aws", "iam" | "sts", _] => self.add(&kind.join(" "), command),
            ["aws", service, what] if !command.contains("--region") => {
                let arguments = command.splitn(4, ' ').nth(3).unwrap_or_default();
                self.aws(&format!("{service} {what}"), arguments);
            }
            [] => {}
            _ => self.add(&kind.join(" "), command),
        }
    }

    fn kubectl(&mut self, arguments: &str) {
        self.add(arguments, &format!("kubectl {arguments}"));
    }

    fn add(&mut self, kind: &str, text: &str) {
        if self.counted.0 != kind {
            self.counted = (kind.to_owned(), 0);
        }
        let text = text.trim_end().replace("  ", " ");
        if self.counted.1 < MOST && !self.all.contains(&text) {
            self.counted.1 += 1;
            self.all.push(text);
        }
    }
}

impl Answers {
    /// Ready to paste, in the order in which their answers lead to each other; then what was asked in
    /// vain, as it was asked. What does not exist is not asked for again.
    pub fn missing(&self) -> Vec<String> {
        let mut commands =
            Commands { region: self.region(), all: Vec::new(), counted: (String::new(), 0) };
        // Each stage tells which names the next one needs; of many groups a few are enough for that.
        let groups: Vec<Facts> = self.groups().iter().take(MOST).map(|it| self.facts(it)).collect();
        self.of_cluster(&mut commands);
        for facts in &groups {
            self.of_nodes(facts, &mut commands);
        }
        for facts in &groups {
            self.of_role_facts(facts, &mut commands);
        }
        if let Some(first) = groups.first() {
            self.of_path(first, &mut commands);
        }
        self.of_makers(&groups, &mut commands);
        for it in self.missed.iter().filter(|it| !it.says_absent()) {
            commands.again(&it.command);
        }
        commands.all
    }

    /// And told so, or listed with what was asked in vain.
    fn asked(&self, action: &str) -> bool {
        let told = |it: &Missed| it.says_absent() || !it.command.is_empty();
        self.missed.iter().any(|it| it.action == action && told(it))
    }

    /// As an ARN tells it.
    fn region(&self) -> String {
        let cluster = self.cluster_answer().map(|it| &it.value.arn);
        let arns =
            cluster.into_iter().chain(self.nodegroups.all.iter().map(|it| &it.value.nodegroup_arn));
        let mut regions = arns.filter_map(|it| it.split(':').nth(3)).filter(|it| !it.is_empty());
        regions.next().unwrap_or_default().to_owned()
    }

    fn of_cluster(&self, commands: &mut Commands) {
        let name = self.cluster_name();
        if name.is_empty() {
            return;
        }
        let cluster = format!("--cluster-name {}", word(name));
        if self.cluster_answer().is_none() && !self.asked("eks:DescribeCluster") {
            commands.aws("eks describe-cluster", &format!("--name {}", word(name)));
        }
        if !self.nodegroup_names.is_whole() && !self.asked("eks:ListNodegroups") {
            commands.aws("eks list-nodegroups", &cluster);
        }
        if !self.asked("eks:DescribeNodegroup") {
            for it in self.nodegroup_names.names().filter(|it| self.nodegroup(it).is_none()) {
                let arguments = format!("{cluster} --nodegroup-name {}", word(it));
                commands.aws("eks describe-nodegroup", &arguments);
            }
        }
        let mode = self.cluster_answer().map(|it| &*it.value.access_config.authentication_mode);
        if mode != Some("CONFIG_MAP")
            && !self.principals.is_whole()
            && !self.asked("eks:ListAccessEntries")
        {
            commands.aws("eks list-access-entries", &cluster);
        }
        if mode != Some("CONFIG_MAP") && !self.asked("eks:DescribeAccessEntry") {
            let roles: BTreeSet<&String> =
                self.nodegroups.all.iter().map(|it| &it.value.node_role).collect();
            let wanted = |arn: &&String| {
                let listed = self.principals.names().any(|it| it == **arn);
                (listed || !self.principals.is_whole())
                    && !arn.is_empty()
                    && self.access_entries.find(|it| it.principal_arn == ***arn).is_none()
            };
            for arn in roles.iter().filter(|it| wanted(it)) {
                let arguments = format!("{cluster} --principal-arn {}", word(arn));
                commands.aws("eks describe-access-entry", &arguments);
            }
        }
        if !self.addon_names.is_given() && !self.asked("eks:ListAddons") {
            commands.aws("eks list-addons", &cluster);
        }
        let network = self.addon_names.names().find(|it| *it == "vpc-cni");
        if let Some(it) =
            network.filter(|it| self.addons.find(|one| one.addon_name == **it).is_none())
        {
            commands.aws("eks describe-addon", &format!("{cluster} --addon-name {it}"));
        }
    }

    fn of_role_facts(&self, facts: &Facts, commands: &mut Commands) {
        let group = &facts.account.group;
        let profile = profile(facts);
        if let (Observed::Skipped, Some(name)) = (&group.instance_profile, profile) {
            commands
                .iam("get-instance-profile", &format!("--instance-profile-name {}", word(name)));
        }
        let nodegroup = group.nodegroup.value().and_then(Presence::present);
        let held = group.instance_profile.value().and_then(Presence::present);
        let arn = nodegroup
            .map(|it| &it.node_role)
            .or(held.and_then(|it| it.roles.first()).map(|it| &it.arn))
            .map(|it| names::last(it))
            .filter(|it| !it.is_empty());
        let Some(name) = arn else { return };
        let role = format!("--role-name {}", word(name));
        if (group.role.value().is_none() || !self.is_told(name)) && !self.asked("iam:GetRole") {
            commands.iam("get-role", &role);
        }
        if matches!(group.role, Observed::Seen { value: RoleObject::Absent, .. }) {
            return;
        }
        let (_, unread) = self.policies_of(name);
        let lacks = |what: &str| unread.iter().any(|it| it.starts_with(what));
        if lacks("attached policies: not given") {
            commands.iam("list-attached-role-policies", &role);
        }
        if lacks("inline policies: not given") {
            commands.iam("list-role-policies", &role);
        }
        for it in &unread {
            if let Some(policy) =
                it.strip_prefix("inline policy ").and_then(|it| it.split_once(": not given"))
            {
                let arguments = format!("{role} --policy-name {}", word(policy.0));
                commands.iam("get-role-policy", &arguments);
            }
            if let Some((arn, _)) = it.split_once(": its document was not given") {
                let arn = word(arn.trim_start_matches("permissions boundary "));
                let version = format!(
                    "\"$(aws iam get-policy --policy-arn {arn} --query Policy.DefaultVersionId --output text)\""
                );
                let arguments = format!("--policy-arn {arn} --version-id {version}");
                commands.iam("get-policy-version", &arguments);
            }
        }
    }
}

/// As the template or an instance names it.
fn profile(facts: &Facts) -> Option<&str> {
    let group = &facts.account.group;
    let template = group.launch_template.value().and_then(Presence::present);
    let template = template.and_then(|it| it.launch_template_data.iam_instance_profile.as_ref());
    let mut instances = group.instances.value().into_iter().flatten();
    let running = instances.find_map(|it| it.value.iam_instance_profile.as_ref());
    let name = |it: &ec2::ProfileSpecification| !it.name.is_empty() || !it.arn.is_empty();
    let it = template.or(running).filter(|it| name(it))?;
    Some(if it.name.is_empty() { names::last(&it.arn) } else { &it.name })
}
