//! Instances, what they are made of, and what they printed. Of user data nothing is kept but what a
//! node makes of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::fragment::{Part, READ};
use super::read::{list, more, string};
use super::{Answers, Digest};
use crate::document::paste::Document;
use crate::document::{aws, user_data};
use crate::facts::aws::ec2;
use crate::facts::{Observed, Source, UserData};

/// What is read of the user data of one version of a launch template.
pub struct UserDataAnswer {
    pub launch_template_id: String,
    pub version: i64,
    pub data: UserData,
    pub(super) source: Source,
}

impl UserDataAnswer {
    fn read(version: &Value, place: &str, digest: Digest) -> Option<Self> {
        let encoded = version["LaunchTemplateData"].get("UserData").and_then(Value::as_str);
        let (data, length) = match encoded {
            Some(READ) => return None,
            Some(it) => {
                let packed: String = it.split_whitespace().collect();
                // Something else that stands there was written by a person.
                let body = STANDARD.decode(packed).ok()?;
                (user_data::read(&body, digest.0), Some(body.len()))
            }
            // A template without data is no document of one, but one with it is whole.
            None if version["LaunchTemplateData"].is_object() => (UserData::None, None),
            None => return None,
        };
        let text = user_data::told(&data, length);
        Some(Self {
            launch_template_id: string(version, "LaunchTemplateId"),
            version: version["VersionNumber"].as_i64()?,
            data,
            source: Source { place: place.to_owned(), text, ..Source::default() },
        })
    }

    /// As a document of its own, which this module reads again.
    pub fn document(&self) -> String {
        let value = json!({"userData": {
            "launchTemplateId": self.launch_template_id,
            "versionNumber": self.version,
            "read": self.data,
            "told": self.source.text,
        }});
        serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
    }
}

/// An answer of `describe-launch-template-versions` without the user data in it, and what was read of
/// that: so it may be kept.
pub fn without_user_data(
    text: &str,
    digest: fn(&[u8]) -> String,
) -> Option<(String, Vec<UserDataAnswer>)> {
    let mut value: Value = serde_json::from_str(text).ok()?;
    let all = value.get_mut("LaunchTemplateVersions")?.as_array_mut()?;
    let mut read = Vec::new();
    for version in all {
        read.extend(UserDataAnswer::read(version, "", Digest(digest)));
        if let Some(it) = version["LaunchTemplateData"].get_mut("UserData") {
            *it = Value::String(READ.to_owned());
        }
    }
    Some((serde_json::to_string_pretty(&value).ok()? + "\n", read))
}

impl Answers {
    pub(super) fn of_instances(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        if let Some(all) = value.get("Reservations").and_then(Value::as_array) {
            self.instances.answered(text, "Reservations");
            more(&mut self.instances, text, value);
            let parts = text.elements("Reservations");
            let mut count = 0;
            for (at, it) in all.iter().enumerate() {
                let part = parts.get(at).copied().unwrap_or(text);
                let id = |it: &ec2::Instance| it.instance_id.clone();
                let answers = self.instances.answers.len();
                count += list(&mut self.instances, part, it, "Instances", id).unwrap_or(0);
                self.instances.answers.truncate(answers);
            }
            return Some(format!("{count} instances"));
        }
        let id = |it: &ec2::InstanceStatus| it.instance_id.clone();
        if let Some(count) = list(&mut self.statuses, text, value, "InstanceStatuses", id) {
            return Some(format!("states of {count} instances"));
        }
        let id = |it: &ec2::Image| it.image_id.clone();
        if let Some(count) = list(&mut self.images, text, value, "Images", id) {
            return Some(format!("{count} images"));
        }
        let id = |it: &ec2::LaunchTemplateVersion| {
            format!("{} {}", it.launch_template_id, it.version_number)
        };
        if let Some(count) = list(&mut self.templates, text, value, "LaunchTemplateVersions", id) {
            let versions = value["LaunchTemplateVersions"].as_array().into_iter().flatten();
            let read = versions.filter_map(|it| UserDataAnswer::read(it, text.place, self.digest));
            self.user_data.extend(read.collect::<Vec<_>>());
            return Some(format!("{count} versions of launch templates"));
        }
        self.console(text, value)
    }

    pub(super) fn user_data(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        let it = &value["userData"];
        let data: UserData = serde_json::from_value(it["read"].clone()).ok()?;
        let id = string(it, "launchTemplateId");
        let what = format!("what was read of the user data of {id}");
        let told = string(it, "told");
        let told = if told.is_empty() { user_data::told(&data, None) } else { told };
        let source = Source { text: told, ..text.source() };
        let version = it["versionNumber"].as_i64()?;
        let source = Source { line: 0, ..source };
        self.user_data.push(UserDataAnswer { launch_template_id: id, version, data, source });
        Some(what)
    }

    fn console(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        let instance = value.get("InstanceId").and_then(Value::as_str)?;
        let all = aws::console(text.place, text.text, text.line.max(1), value)?;
        let (mut lines, mut blocks) = (Vec::new(), Vec::new());
        for it in all {
            match it {
                Document::Said(_, said) => lines.extend(said.into_iter().map(|(_, line)| line)),
                Document::Console(found) => blocks.push(*found.facts),
                _ => {}
            }
        }
        self.consoles.push((instance.to_owned(), lines, blocks));
        Some(format!("console of {instance}"))
    }

    /// Of this version of a launch template.
    pub(super) fn user_data_of(&self, template: &ec2::LaunchTemplateVersion) -> Observed<UserData> {
        let own = |it: &&UserDataAnswer| {
            it.launch_template_id == template.launch_template_id
                && it.version == template.version_number
        };
        match self.user_data.iter().find(own) {
            Some(it) => Observed::seen(it.data.clone(), it.source.clone()),
            None => Observed::Skipped,
        }
    }
}
