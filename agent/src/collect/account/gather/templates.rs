//! The versions of launch templates that new instances are made of. Of their user data nothing goes
//! further but what a node makes of it.

use std::collections::{BTreeMap, BTreeSet};

use diagnosis::document::account::without_user_data;
use diagnosis::facts::aws::autoscaling::{AutoScalingGroup, TemplateSpecification};
use diagnosis::facts::aws::ec2::LaunchTemplateVersion;
use diagnosis::facts::aws::eks::Nodegroup;
use serde_json::{Value, json};

use super::document::{text, value};
use super::ec2::template;
use super::{Answered, Aws, pages};
use crate::collect::account::action::Action;
use crate::collect::account::session::Refused;
use crate::collect::account::text::word;
use crate::collect::digest;

/// The most that EC2 gives in one page.
const PAGE: i32 = 200;

/// So many templates are asked for one by one. Of more, the latest and the default versions of all
/// templates are read in pages, and then those that are others.
const BY_ID: usize = 20;

/// A template by its id, or by its name, and the versions that are used.
pub(super) type Wanted = BTreeMap<String, BTreeSet<String>>;

/// One version with its user data, as long as that is read.
type Read = (LaunchTemplateVersion, Option<String>);

/// By id where it is known.
pub(super) fn wanted(groups: &[AutoScalingGroup], nodegroups: &[Nodegroup]) -> Wanted {
    let mut wanted = Wanted::new();
    let mut want = |id: &str, name: &str, version: &str| {
        let key = if id.is_empty() { name } else { id };
        let version = if version.is_empty() { "$Default" } else { version };
        if !key.is_empty() {
            wanted.entry(key.to_owned()).or_default().insert(version.to_owned());
        }
    };
    for it in groups {
        let mixed = it.mixed_instances_policy.as_ref();
        let mixed = mixed.map(|it| &it.launch_template.launch_template_specification);
        for it in it.launch_template.iter().chain(mixed) {
            let TemplateSpecification { launch_template_id, launch_template_name, version } = it;
            want(launch_template_id, launch_template_name, version);
        }
    }
    for it in nodegroups.iter().filter_map(|it| it.launch_template.as_ref()) {
        want(&it.id, &it.name, &it.version);
    }
    wanted
}

impl Aws {
    /// With the documents, the versions themselves.
    pub(super) async fn templates(
        &self,
        mut wanted: Wanted,
    ) -> (Vec<LaunchTemplateVersion>, Vec<Answered>) {
        let mut found: Vec<(String, Result<Vec<Read>, Refused>)> = Vec::new();
        if wanted.len() > BY_ID
            && let Ok(all) = self.latest().await
        {
            for (version, data) in all {
                let (id, name) = (&version.launch_template_id, &version.launch_template_name);
                let key = if wanted.contains_key(id) { id } else { name }.clone();
                let Some(versions) = wanted.get_mut(&key) else { continue };
                let number = version.version_number.to_string();
                let default = version.default_version == Some(true);
                let before = versions.len();
                versions.retain(|it| *it != number && !(default && it == "$Default"));
                if versions.len() < before {
                    found.push((key, Ok(vec![(version, data)])));
                }
            }
            wanted.retain(|_, versions| !versions.is_empty());
        }
        let questions = wanted.iter().map(|(key, versions)| self.versions(key, versions));
        found.extend(wanted.keys().cloned().zip(pages::together(questions).await));
        let mut templates = Vec::new();
        let mut answered = Vec::new();
        for (key, read) in found {
            answered.extend(documents(&key, read, &mut templates));
        }
        (templates, answered)
    }

    async fn versions(&self, key: &str, versions: &BTreeSet<String>) -> Result<Vec<Read>, Refused> {
        pages::all(async |token| {
            let request = self.ec2.describe_launch_template_versions();
            let request = if key.starts_with("lt-") {
                request.launch_template_id(key)
            } else {
                request.launch_template_name(key)
            };
            let versions = versions.iter().cloned().collect();
            let request = request.set_versions(Some(versions)).set_next_token(token).send();
            let page = self.session.call(Action::DescribeLaunchTemplateVersions, request).await?;
            let all = page.launch_template_versions.unwrap_or_default().into_iter();
            Ok((all.map(template).collect::<Vec<_>>(), page.next_token))
        })
        .await
    }

    /// Of all templates of the region.
    async fn latest(&self) -> Result<Vec<Read>, Refused> {
        pages::all(async |token| {
            let request = self.ec2.describe_launch_template_versions();
            let request = request.versions("$Latest").versions("$Default").max_results(PAGE);
            let request = request.set_next_token(token).send();
            let page = self.session.call(Action::DescribeLaunchTemplateVersions, request).await?;
            let all = page.launch_template_versions.unwrap_or_default().into_iter();
            Ok((all.map(template).collect::<Vec<_>>(), page.next_token))
        })
        .await
    }
}

fn documents(
    key: &str,
    read: Result<Vec<Read>, Refused>,
    templates: &mut Vec<LaunchTemplateVersion>,
) -> Vec<Answered> {
    let action = Action::DescribeLaunchTemplateVersions;
    let option = if key.starts_with("lt-") { "id" } else { "name" };
    let command = format!(
        "aws ec2 describe-launch-template-versions --launch-template-{option} {}",
        word(key)
    );
    let read = match read {
        Ok(read) => read,
        Err(why) => return vec![Answered::missed(action, command, why)],
    };
    let mut all = Vec::new();
    for (version, data) in read {
        let (id, number) = (&version.launch_template_id, version.version_number);
        let known = |it: &LaunchTemplateVersion| {
            it.launch_template_id == *id && it.version_number == number
        };
        // What a group is given and what EKS makes of it can be the same.
        if templates.iter().any(known) {
            continue;
        }
        let command = format!("{command} --versions {number}");
        let mut document = value(&version);
        if let Some(data) = data {
            document["LaunchTemplateData"]["UserData"] = Value::from(data);
        }
        let document = text(&json!({"LaunchTemplateVersions": [document]}));
        let Some((without, read)) = without_user_data(&document, digest) else { continue };
        let file = format!("describe-launch-template-versions-{id}-{number}");
        all.push(Answered::said(&file, action, command.clone(), without));
        let file = format!("user-data-{id}-{number}");
        all.extend(
            read.iter().map(|it| Answered::said(&file, action, command.clone(), it.document())),
        );
        templates.push(version);
    }
    all
}
