//! What instances printed that do not serve as nodes. EC2 keeps it for about an hour after they are
//! gone.

use std::collections::BTreeSet;

use aws_smithy_types::base64;
use diagnosis::document::redact::Clean;
use diagnosis::facts::aws::autoscaling::AutoScalingGroup;
use diagnosis::facts::aws::ec2::Instance;
use diagnosis::facts::aws::eks::Nodegroup;
use diagnosis::facts::aws::tag;
use serde_json::json;

use super::{Answered, Aws};
use crate::collect::account::action::Action;
use crate::collect::account::session::Refused;
use crate::collect::account::text::{time, word};

/// Of one group, and in all: each is a call, and one tells mostly what the others would.
const OF_GROUP: usize = 3;
const IN_ALL: usize = 10;

/// The begin of our own lines, which hold no secret and must stay as they are.
const OURS: &str = "eks-triage ";

/// Those that are not what a group wants of them, the newest of each group first.
pub(super) fn wanted<'a>(
    instances: &'a [Instance],
    groups: &[AutoScalingGroup],
    nodegroups: &[Nodegroup],
    joined: Option<&BTreeSet<String>>,
) -> Vec<&'a Instance> {
    let in_service: BTreeSet<&str> = groups
        .iter()
        .flat_map(|it| &it.instances)
        .filter(|it| it.lifecycle_state == "InService" && it.health_status == "Healthy")
        .map(|it| &*it.instance_id)
        .collect();
    let accused: BTreeSet<&str> = nodegroups
        .iter()
        .flat_map(|it| &it.health.issues)
        .flat_map(|it| &it.resource_ids)
        .map(String::as_str)
        .collect();
    let creating: BTreeSet<&str> = nodegroups
        .iter()
        .filter(|it| it.status != "ACTIVE")
        .map(|it| &*it.nodegroup_name)
        .collect();
    let suspect = |it: &&Instance| {
        let id = &*it.instance_id;
        let group = tag(&it.tags, "eks:nodegroup-name").unwrap_or_default();
        let scaled = tag(&it.tags, "aws:autoscaling:groupName").is_some();
        let absent = joined.is_some_and(|it| !it.contains(id));
        it.state.name != "running"
            || accused.contains(id)
            || creating.contains(group)
            || absent
            || scaled && !in_service.contains(id)
    };
    let mut suspects: Vec<_> = instances.iter().filter(suspect).collect();
    suspects.sort_by(|a, b| b.launch_time.cmp(&a.launch_time));
    let mut counted = std::collections::BTreeMap::<&str, usize>::new();
    suspects.retain(|it| {
        let group = ["eks:nodegroup-name", "aws:autoscaling:groupName", "karpenter.sh/nodepool"];
        let group = group.iter().find_map(|key| tag(&it.tags, key)).unwrap_or_default();
        let count = counted.entry(group).or_default();
        *count += 1;
        *count <= OF_GROUP
    });
    suspects.truncate(IN_ALL);
    suspects
}

impl Aws {
    pub(super) async fn console(&self, instance: &Instance) -> Answered {
        let id = &instance.instance_id;
        // The latest text is there for instances that run on Nitro; else what was kept last.
        let running = instance.state.name == "running";
        let mut found = self.output(id, running).await;
        if running && !matches!(&found, Ok((_, text)) if !text.is_empty()) {
            found = self.output(id, false).await;
        }
        let document = found
            .map(|(at, text)| json!({"InstanceId": id, "Timestamp": at, "Output": clean(&text)}));
        let latest = if running { " --latest" } else { "" };
        let command = format!("aws ec2 get-console-output --instance-id {}{latest}", word(id));
        let file = format!("get-console-output-{id}");
        Answered::of(&file, Action::GetConsoleOutput, command, document)
    }

    async fn output(&self, id: &str, latest: bool) -> Result<(Option<String>, String), Refused> {
        let request = self.ec2.get_console_output().instance_id(id);
        let request = if latest { request.latest(true) } else { request };
        let answer = self.session.call(Action::GetConsoleOutput, request.send()).await?;
        let bytes = base64::decode(answer.output.unwrap_or_default()).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok((answer.timestamp.as_ref().and_then(time), text))
    }
}

/// As for every log, but for our own lines.
fn clean(text: &str) -> String {
    let mut out = Vec::new();
    let mut theirs = Vec::new();
    let flush = |theirs: &mut Vec<&str>, out: &mut Vec<String>| {
        if !theirs.is_empty() {
            out.push(Clean::new(&theirs.join("\n")).into_text());
            theirs.clear();
        }
    };
    for line in text.lines() {
        if line.contains(OURS) {
            flush(&mut theirs, &mut out);
            out.push(line.to_owned());
        } else {
            theirs.push(line);
        }
    }
    flush(&mut theirs, &mut out);
    out.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_blotted_out_and_our_own_lines_stay() {
        let ours = "[ 12.3] eks-triage 01: eyJhbGciOiJSUzI1NiJ9AKIAIOSFODNN7EXAMPLE";
        let text = format!("nodeadm[1]: AWS_SECRET_ACCESS_KEY=canary\n{ours}\npassword=canary");
        let clean = clean(&text);
        assert!(clean.contains(ours) && !clean.contains("canary"), "{clean}");
    }
}
