use super::*;
use crate::facts::{
    Observed,
    aws::{
        Resource,
        autoscaling::Activity,
        ec2::{Instance, LaunchTemplateVersion},
        eks::{AccessEntry, Issue, Nodegroup},
    },
};

fn source(text: &str) -> Source {
    Source::new("aws", "2026-03-01T10:00:00Z", text)
}

fn resource<T>(value: T) -> Resource<T> {
    Resource { value, source: source("") }
}

fn activity(start: &str, status: &str) -> Resource<Activity> {
    resource(Activity {
        start_time: Some(start.to_owned()),
        status_code: status.to_owned(),
        description: "Launching a new EC2 instance".to_owned(),
        ..Activity::default()
    })
}

fn group() -> Group {
    let nodegroup = Nodegroup {
        nodegroup_name: "workers".to_owned(),
        node_role: "arn:aws:iam::111122223333:role/eks-node".to_owned(),
        created_at: Some("2026-02-01T08:00:00Z".to_owned()),
        modified_at: Some("2026-03-01T09:00:00Z".to_owned()),
        ..Nodegroup::default()
    };
    let template = LaunchTemplateVersion {
        launch_template_id: "lt-0eks".to_owned(),
        version_number: 3,
        create_time: Some("2026-03-01T08:30:00Z".to_owned()),
        created_by: "arn:aws:sts::111122223333:assumed-role/terraform/ci".to_owned(),
        ..LaunchTemplateVersion::default()
    };
    let entry = |role: &str| AccessEntry {
        principal_arn: format!("arn:aws:iam::111122223333:role/{role}"),
        created_at: Some("2026-03-01T07:00:00Z".to_owned()),
        modified_at: Some("2026-03-01T07:00:00Z".to_owned()),
        ..AccessEntry::default()
    };
    let text = "{\n  \"modifiedAt\": \"2026-03-01T09:00:00Z\"\n}";
    Group {
        nodegroup: Observed::seen(Presence::Present(nodegroup), source(text)),
        launch_template: Observed::seen(Presence::Present(template), source("")),
        access_entries: Observed::seen(
            ["eks-node", "admin"].map(|it| resource(entry(it))).into(),
            source(""),
        ),
        ..Group::default()
    }
}

fn of(group: Group) -> (Option<Change>, Vec<Change>) {
    let mut facts = Facts::default();
    *facts.account.group = group;
    changes(&facts)
}

fn told(group: Group) -> Vec<String> {
    of(group).1.into_iter().map(|it| it.what).collect()
}

#[test]
fn what_came_before_the_first_failure_stands_there_the_newest_first() {
    let activities = ["Failed", "Failed", "Successful", "Failed"];
    let times = ["2026-03-01T09:20:00Z", "2026-03-01T09:10:00Z", "2026-03-01T09:05:00Z"];
    let times = times.into_iter().chain(["2026-03-01T06:00:00Z"]);
    let all = times.zip(activities).map(|(time, status)| activity(time, status)).collect();
    let group = Group { activities: Observed::seen(all, source("")), ..group() };
    let (first, changes) = of(group);
    // What failed before a launch that succeeded is another story.
    assert_eq!(first.unwrap().at, "2026-03-01T09:10:00Z");
    let what: Vec<&str> = changes.iter().map(|it| &*it.what).collect();
    assert_eq!(
        what,
        [
            "node group workers was changed",
            "version 3 of launch template lt-0eks was made by assumed-role/terraform/ci",
            "the access entry of role eks-node was made",
        ]
    );
    assert_eq!(changes[0].evidence.quote, "\"modifiedAt\": \"2026-03-01T09:00:00Z\"");
    assert_eq!(changes[1].evidence.quote, "", "a source that does not say it is not quoted");
}

#[test]
fn neither_what_came_later_nor_what_is_old_is_told() {
    let at_six = vec![activity("2026-03-01T08:00:00Z", "Failed")];
    let of_six = Group { activities: Observed::seen(at_six, source("")), ..group() };
    assert_eq!(told(of_six), ["the access entry of role eks-node was made"]);
    let next_week = vec![activity("2026-03-08T08:00:00Z", "Failed")];
    let of_week = Group { activities: Observed::seen(next_week, source("")), ..group() };
    assert!(told(of_week).is_empty());
    assert!(of(group()).0.is_none(), "nothing failed");
}

#[test]
fn an_instance_that_ended_by_itself_is_a_failure_and_one_that_was_ended_is_none() {
    let with = |code: &str| {
        let mut it = Instance { instance_id: "i-0aaa".to_owned(), ..Instance::default() };
        it.state.name = "terminated".to_owned();
        it.state_reason.code = code.to_owned();
        it.state_transition_reason = "Server terminated (2026-03-01 09:30:00 GMT)".to_owned();
        let instances = Observed::seen(vec![resource(it)], source(""));
        of(Group { instances, ..group() }).0
    };
    let first = with("Client.InternalError").unwrap();
    assert_eq!(first.at, "2026-03-01T09:30:00Z");
    assert_eq!(first.what, "instance i-0aaa ended: Client.InternalError");
    assert!(with("Client.UserInitiatedShutdown").is_none());
    assert!(with("").is_none());
}

#[test]
fn a_group_that_fails_began_to_when_it_was_last_changed() {
    let mut failing = group();
    if let Observed::Seen { value: Presence::Present(it), .. } = &mut failing.nodegroup {
        it.status = "DEGRADED".to_owned();
        it.health.issues = vec![Issue { code: "AccessDenied".to_owned(), ..Issue::default() }];
    }
    let (first, changes) = of(failing);
    assert_eq!(first.unwrap().what, "node group workers is DEGRADED: AccessDenied");
    assert!(changes.iter().all(|it| it.what != "node group workers was changed"));
    assert_eq!(changes.len(), 2);
}
