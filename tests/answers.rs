//! The answers of the AWS CLI as files, and the same as facts.

use std::fs;

use diagnosis::{
    document::account::Answers,
    facts::{Facts, Observed, UserData, aws::Presence},
    judge,
    report::Outcome,
};
use integration::{facts, healthy, recordings};
use serde_json::Value;

/// The healthy account, file by file.
fn files() -> Vec<(String, String)> {
    let folder = recordings().join("../account/healthy");
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap())
        .filter(|it| it.path().extension().is_some_and(|it| it == "json"))
        .map(|it| (it.file_name().into_string().unwrap(), fs::read_to_string(it.path()).unwrap()))
        .collect();
    all.sort();
    all
}

fn answers() -> Answers {
    let mut answers = Answers::default();
    for (name, text) in files() {
        assert!(answers.take(&name, &text).is_some(), "{name} was not recognised");
    }
    answers
}

/// Certificates are compared by it; of what kind it is does not matter here.
fn digest(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What remains when something happens to one file.
fn but(file: &str, instead: &str) -> Answers {
    let mut answers = Answers::new(digest);
    for (name, text) in files() {
        answers.take(&name, if name == file { instead } else { &text });
    }
    answers
}

fn workers(answers: &Answers) -> Facts {
    let groups = answers.groups();
    answers.facts(groups.iter().find(|it| it.name == "workers").unwrap_or(&groups[0]))
}

/// Without where it was read.
fn values(mut value: Value) -> Value {
    match &mut value {
        Value::Object(all) => {
            all.remove("source");
            // Verbatim, and so as far indented as it was read.
            if let Some(trust) = all.get_mut("trust") {
                *trust = serde_json::from_str(trust.as_str().unwrap()).unwrap();
            }
            all.values_mut().for_each(|it| *it = values(it.take()));
        }
        Value::Array(all) => all.iter_mut().for_each(|it| *it = values(it.take())),
        _ => {}
    }
    value
}

fn group(facts: &Facts) -> Value {
    values(serde_json::to_value(&*facts.account.group).unwrap())
}

#[test]
fn the_folder_is_the_recording() {
    let answers = answers();
    let groups: Vec<String> = answers.groups().iter().map(ToString::to_string).collect();
    assert_eq!(groups, ["nodegroup/workers"]);
    let read = answers.facts(&answers.groups()[0]);
    let recorded = facts(&healthy("account")).unwrap();
    let (read_group, recorded_group) = (group(&read), group(&recorded));
    for (key, value) in recorded_group.as_object().unwrap() {
        if key != "userData" {
            assert_eq!(&read_group[key], value, "{key}");
        }
    }
    assert_eq!(read.subject, recorded.subject);
    assert_eq!(read.account.access_entries.value(), recorded.account.access_entries.value());
}

#[test]
fn user_data_is_read_and_its_text_goes_no_further() {
    let facts = workers(&answers());
    let Some(UserData::NodeConfig(config)) = facts.account.group.user_data.value() else {
        panic!("{:?}", facts.account.group.user_data);
    };
    assert_eq!(config.name.as_deref(), Some("prod"));
    assert!(config.ca_sha256.is_some());
    let text = serde_json::to_string(&facts).unwrap();
    assert!(!text.contains("TUlNRS1W") && !text.contains("MIME-Version"), "{text}");
}

#[test]
fn what_is_missing_or_cut_is_never_a_fault() {
    assert_eq!(judge(&workers(&but("none", ""))).outcome, Outcome::Healthy);
    for (name, text) in files() {
        let middle = text.floor_char_boundary(text.len() / 2);
        let end = text.floor_char_boundary(text.len() - 3);
        for rest in ["", &text[..middle], &text[..end]] {
            let answers = but(&name, rest);
            for group in answers.groups() {
                let report = judge(&answers.facts(&group));
                assert_ne!(
                    report.outcome,
                    Outcome::Decided,
                    "{name}: {} {}",
                    report.title,
                    rest.len()
                );
            }
        }
    }
}

#[test]
fn a_group_that_nobody_described_is_not_healthy() {
    let answers = but("list-nodegroups.json", r#"{"nodegroups": ["batch", "workers"]}"#);
    let groups = answers.groups();
    let outcomes: Vec<_> = groups.iter().map(|it| judge(&answers.facts(it)).outcome).collect();
    assert_eq!(outcomes, [Outcome::Undecided, Outcome::Healthy]);
    let wanted = "describe-nodegroup --cluster-name prod --nodegroup-name batch --region us-west-2";
    assert!(answers.missing().iter().any(|it| it.ends_with(wanted)), "{:?}", answers.missing());
}

#[test]
fn a_document_that_is_cut_anywhere_is_read_as_far_as_it_is_one() {
    for (name, text) in files() {
        for at in (0..text.len()).filter(|it| text.is_char_boundary(*it)) {
            let mut answers = Answers::default();
            answers.take(&name, &text[..at]);
        }
        let half = &text[..text.floor_char_boundary(text.len() * 2 / 3)];
        let mut answers = Answers::default();
        answers.take(&name, half);
        answers.groups().iter().for_each(|it| drop(judge(&answers.facts(it))));
        answers.missing();
    }
}

#[test]
fn what_may_not_be_read_is_a_failed_look_whoever_says_so() {
    let why = "AccessDeniedException: User is not authorized to perform: eks:ListAccessEntries";
    let error = format!(
        "\nAn error occurred (AccessDeniedException) when calling the ListAccessEntries operation: {}\n",
        why.split_once(": ").unwrap().1
    );
    let listed = serde_json::json!({"notRead": [{"action": "eks:ListAccessEntries", "command":
        "aws eks list-access-entries --cluster-name prod", "why": why}]});
    for instead in [error, listed.to_string()] {
        let facts = workers(&but("list-access-entries.json", &instead));
        let Observed::Failed { why: said, .. } = &facts.account.access_entries else {
            panic!("{instead}: {:?}", facts.account.access_entries);
        };
        assert_eq!(said, why);
    }
}

#[test]
fn what_aws_does_not_know_is_absent_by_its_name() {
    let error = |operation: &str, said: &str| {
        format!("An error occurred (NoSuchEntity) when calling the {operation} operation: {said}")
    };
    let role = error("GetRole", "The role with name eks-node cannot be found.");
    let facts = workers(&but("get-role-eks-node.json", &role));
    let role = facts.account.group.role.value().unwrap();
    assert!(role.present().is_none());

    let other = error("GetInstanceProfile", "Instance Profile of-another cannot be found.");
    let profile = "get-instance-profile-eks-workers-profile.json";
    // The place names it, where the words do not.
    let facts = workers(&but(profile, &other));
    assert!(matches!(facts.account.group.instance_profile.value(), Some(Presence::Absent)));
    let mut answers = but(profile, "");
    answers.take("profile.json", &other);
    assert!(workers(&answers).account.group.instance_profile.value().is_none());

    let gone = "aws: [ERROR]: An error occurred (ResourceNotFoundException) when calling the \
        DescribeNodegroup operation: No node group found for name: workers.";
    let facts = workers(&but("describe-nodegroup-workers.json", gone));
    assert!(matches!(facts.account.group.nodegroup.value(), Some(Presence::Absent)));
}

#[test]
fn a_list_that_goes_on_proves_no_absence() {
    let subnets = r#"{"Subnets": [], "NextToken": "more"}"#;
    let facts = workers(&but("describe-subnets.json", subnets));
    assert!(
        matches!(&facts.account.group.subnets, Observed::Failed { why, .. } if why.contains("goes on"))
    );
    let entries =
        r#"{"accessEntries": ["arn:aws:iam::111122223333:role/admin"], "nextToken": "x"}"#;
    let facts = workers(&but("list-access-entries.json", entries));
    assert!(facts.account.access_entries.value().is_none());
    // What it does hold is known all the same.
    assert_eq!(facts.account.group.access_entries.value().unwrap().len(), 2);
}

#[test]
fn nulls_times_of_version_1_and_one_line_change_nothing() {
    let told = group(&workers(&but("none", "")));
    for (name, text) in files() {
        let mut value: Value = serde_json::from_str(&text).unwrap();
        old(&mut value);
        // Two answers of one file, on a line each.
        let facts = workers(&but(&name, &value.to_string()));
        assert_eq!(group(&facts), told, "{name}");
    }
}

/// As the CLI's version 1 prints it, with nulls as other tools leave them.
fn old(value: &mut Value) {
    match value {
        Value::Object(all) => {
            // Verbatim, whatever is in it.
            let trust = all.remove("AssumeRolePolicyDocument");
            all.values_mut().for_each(old);
            all.extend(trust.map(|it| ("AssumeRolePolicyDocument".to_owned(), it)));
            if all.len() > 1 {
                all.insert("StatusMessage".to_owned(), Value::Null);
            }
        }
        Value::Array(all) => all.iter_mut().for_each(old),
        Value::String(text) if text.starts_with("2026-") && text.contains('T') => {
            if let Some(at) = diagnosis::facts::seconds("1970-01-01T00:00:00Z", &utc(text)) {
                *value = Value::from(at);
            }
        }
        _ => {}
    }
}

fn utc(text: &str) -> String {
    text[..19].to_owned() + "Z"
}

#[test]
fn the_cli_s_yaml_says_the_same() {
    let yaml = "nodegroup:\n  nodegroupName: workers\n  clusterName: prod\n  status: CREATE_FAILED\n  \
        nodeRole: arn:aws:iam::111122223333:role/eks-node\n  health:\n    issues:\n    \
        - code: AccessDenied\n      message: no\n      resourceIds:\n      - eks-node\n";
    let mut answers = Answers::default();
    assert_eq!(answers.take("x.yaml", yaml).as_deref(), Some("node group workers"));
    let facts = workers(&answers);
    let group = facts.account.group.nodegroup.value().and_then(Presence::present).unwrap();
    assert_eq!((&*group.status, group.health.issues.len()), ("CREATE_FAILED", 1));
}
