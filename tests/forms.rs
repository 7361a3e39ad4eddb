//! Markdown and HTML tell what the text form tells, and nothing that was read acts in either.

use std::fs;

use diagnosis::{
    judge, render,
    report::{Grant, Groups, Outcome, Recognised, Report, Shared},
};
use integration::{all_healthy, facts, healthy, patch, read_json, recordings};
use serde_json::{Value, json};

/// One of each outcome.
fn reports() -> [(&'static str, Report); 3] {
    let mut decided = healthy("irsa");
    patch(&mut decided, &read_json("faults/irsa/trust-conditions/other-namespace.json"));
    let undecided = json!({
        "subject": {"kind": "pod", "namespace": "prod", "name": "api-7d9f"},
        "takenAt": "2026-03-01T10:05:00Z",
        "collector": {"command": "why", "version": "0.1.0"},
        "lines": [{"place": "app.log", "line": 212, "at": "2026-03-01T10:04:00Z", "text":
            "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"}]});
    let of = |value: &Value| judge(&facts(value).unwrap());
    let all =
        [("decided", of(&decided)), ("undecided", of(&undecided)), ("healthy", of(&all_healthy()))];
    let outcomes = all.each_ref().map(|(_, it)| it.outcome);
    assert_eq!(outcomes, [Outcome::Decided, Outcome::Undecided, Outcome::Healthy]);
    all
}

/// Two groups with one fault, one with another, one that is undecided, one that is well.
pub(crate) fn groups() -> Groups {
    let of = |kind: &str, name: &str, fault: &str| {
        let mut value = healthy("node-join");
        let change = if fault.is_empty() {
            json!({})
        } else {
            read_json(&format!("faults/node-join/{fault}.json"))
        };
        patch(&mut value, &change);
        value["subject"] = json!({"kind": kind, "namespace": "", "name": name});
        value
    };
    let scaling = |value: &mut Value, desired: u32, states: &[&str]| {
        let all: Vec<Value> =
            states.iter().map(|it| json!({"InstanceId": "i-0", "LifecycleState": it})).collect();
        value["account"]["group"]["scalingGroup"] = json!({"seen": {
            "value": {"present": {"DesiredCapacity": desired, "Instances": all}}, "source": {}}});
    };
    let mut workers = of("nodegroup", "workers", "instance-profile/none-attached");
    scaling(&mut workers, 3, &["Terminating", "Pending"]);
    let mut second = of("nodegroup", "workers-b", "instance-profile/none-attached");
    scaling(&mut second, 1, &["Pending"]);
    let mut spot = of("autoscaling-group", "spot", "cluster-endpoint/group-closed");
    let text = "{\n  \"CreateTime\": \"2026-03-01T08:30:00Z\"\n}";
    patch(
        &mut spot["account"]["group"],
        &json!({
        "activities": {"seen": {"source": {}, "value": [{"source": {"place": "aws autoscaling"},
            "value": {"StatusCode": "Failed", "StartTime": "2026-03-01T09:10:00Z",
                "Description": "Launching a new EC2 instance"}}]}},
        "launchTemplate": {"seen": {
            "source": {"place": "aws ec2 describe-launch-template-versions", "text": text},
            "value": {"present": {"LaunchTemplateId": "lt-0aa", "VersionNumber": 7,
                "CreateTime": "2026-03-01T08:30:00Z",
                "CreatedBy": "arn:aws:sts::111122223333:assumed-role/terraform/ci"}}}}}),
    );
    let mut batch = json!({"takenAt": "2026-03-01T10:05:00Z",
        "subject": {"kind": "nodegroup", "namespace": "", "name": "batch"},
        "lines": [{"place": "kubelet.log", "line": 7, "at": null, "text":
            "E0301 kubelet_node_status.go:107] Unable to register node with API server: x509: \
             certificate has expired or is not yet valid"}]});
    scaling(&mut batch, 5, &["InService"]);
    let mut system = of("nodegroup", "system", "");
    // Nobody calls a group healthy that was not described.
    patch(&mut system, &healthy("account"));
    system["subject"]["name"] = "system".into();
    scaling(&mut system, 2, &["InService", "InService"]);
    let reports = [system, batch, workers, spot, second].map(|it| judge(&facts(&it).unwrap()));
    let shared = Shared {
        inputs: vec![Recognised {
            source: "describe-nodegroup.json".to_owned(),
            recognised_as: "node group workers".to_owned(),
        }],
        more: vec!["aws eks list-access-entries --cluster-name prod".to_owned()],
        grant: Grant::of(["eks:ListAccessEntries".to_owned()]),
    };
    Groups::of("prod", reports.into(), shared)
}

fn of_groups(write: impl Fn(&Groups, &mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut groups = groups();
    for it in &mut groups.groups {
        "0.1.0".clone_into(&mut it.source.version);
    }
    let mut out = Vec::new();
    write(&groups, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn several_groups_are_told_as_expected() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    for (ending, text) in [
        ("txt", of_groups(render::groups::text)),
        ("json", of_groups(render::groups::json)),
        ("md", of_groups(render::groups::markdown)),
        ("html", of_groups(render::groups::html)),
    ] {
        let path = recordings().join(format!("../forms/groups.{ending}"));
        if update {
            fs::write(&path, &text).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert!(expected == text, "groups.{ending}: UPDATE_EXPECTED=1 cargo test writes it");
    }
}

#[test]
fn the_worst_group_comes_first_and_what_ails_two_is_told_once() {
    let text = of_groups(render::groups::text);
    let rows: Vec<&str> = text.lines().skip(3).take(5).collect();
    let order = ["workers ", "spot ", "workers-b ", "batch ", "system "];
    for (row, name) in rows.iter().zip(order) {
        assert!(row.contains(name), "{name} in {row}");
    }
    assert!(rows[0].contains("0/3") && rows[3].contains("1/5") && rows[4].contains("2/2"));
    assert_eq!(text.matches("nodegroup workers, workers-b, ").count(), 1, "{text}");
    assert_eq!(text.matches("\nfix   ").count(), 2, "one for each fault");
    assert_eq!(text.matches("\nnode-join   ").count(), 2, "no checklist without a fault");
    let changed = "2026-03-01T08:30:00Z  version 7 of launch template lt-0aa was made by \
                   assumed-role/terraform/ci";
    assert_eq!(text.matches(changed).count(), 1, "{text}");
    let pasted: Vec<String> = groups()
        .groups
        .iter()
        .filter_map(|it| Some([&*it.fix.as_ref()?.change, &*it.verify.as_ref()?.command].concat()))
        .collect();
    for line in text.lines() {
        let fits = line.chars().count() <= 100 || pasted.iter().any(|it| it.contains(line.trim()));
        assert!(fits, "{line}");
    }
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn a_page_of_several_groups_leads_to_each_and_loads_nothing() {
    let page = of_groups(render::groups::html);
    let ids: Vec<&str> =
        page.split(" id=\"").skip(1).filter_map(|it| it.split('"').next()).collect();
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "an anchor stands once");
    for link in page.split("href=\"#").skip(1).filter_map(|it| it.split('"').next()) {
        assert!(ids.contains(&link), "#{link}");
    }
    assert!(!page.contains("src=") && !page.contains("http-equiv=\"refresh"));
    assert_eq!(page.matches("default-src 'none'; style-src 'unsafe-inline'").count(), 1);
}

#[test]
fn the_same_name_has_one_placeholder_in_all_groups() {
    let values = ["workers", "workers-b"].map(|name| {
        let mut value = healthy("node-join");
        patch(&mut value, &read_json("faults/node-join/instance-profile/none-attached.json"));
        value["subject"] = json!({"kind": "nodegroup", "namespace": "", "name": name});
        facts(&value).unwrap()
    });
    let mut redaction = render::Redaction::new(render::Scope::Account);
    let reports = values.each_ref().map(judge);
    reports.iter().zip(&values).for_each(|(it, facts)| redaction.learn(it, facts));
    let hidden = reports.each_ref().map(|it| serde_json::to_string(&redaction.redact(it)).unwrap());
    assert!(hidden.iter().all(|it| !it.contains("workers")), "{hidden:?}");
    assert!(hidden[0].contains("nodegroup-1") && hidden[1].contains("nodegroup-2"));
    let rest = |it: &str| it.replace("nodegroup-1", "").replace("nodegroup-2", "");
    assert_eq!(rest(&hidden[0]), rest(&hidden[1]), "all else is the same resource");
}

fn markdown(report: &Report) -> String {
    let mut out = Vec::new();
    render::markdown(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn html(report: &Report) -> String {
    let mut out = Vec::new();
    render::html(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_outcome_is_told_as_expected() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    for (name, mut report) in reports() {
        report.source.version = "0.1.0".to_owned();
        for (ending, text) in [("md", markdown(&report)), ("html", html(&report))] {
            let path = recordings().join(format!("../forms/{name}.{ending}"));
            if update {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, &text).unwrap();
            }
            let expected = fs::read_to_string(&path).unwrap_or_default();
            assert!(expected == text, "{name}.{ending}: UPDATE_EXPECTED=1 cargo test writes it");
        }
    }
}

/// What a name, a path or a line can hold who was written by an adversary.
const HOSTILE: &str = "```\n</pre><script src=//evil.example></script> [x](https://evil.example) @here ``` \
                       <!channel> ![](https://evil.example/p.png) \" onload='x' \u{202e}gnp\u{1b}[2J";

fn hostile() -> Report {
    let [(_, mut report), ..] = reports();
    let put = |text: &mut String| HOSTILE.clone_into(text);
    put(&mut report.title);
    put(&mut report.subject.name);
    for it in &mut report.evidence {
        put(&mut it.quote);
        put(&mut it.source);
    }
    report.chains.iter_mut().flat_map(|it| &mut it.links).for_each(|it| put(&mut it.detail));
    let (fix, verify) = (report.fix.as_mut().unwrap(), report.verify.as_mut().unwrap());
    [&mut fix.summary, &mut fix.change, &mut fix.owner, &mut fix.impact].into_iter().for_each(put);
    [&mut verify.command, &mut verify.expect].into_iter().for_each(put);
    report
}

#[test]
fn nothing_that_was_read_becomes_markup_of_the_page() {
    let page = html(&hostile());
    // What is between angle brackets was written by us, with ids and classes alone.
    for tag in page.split('<').skip(1).map(|it| it.split('>').next().unwrap()) {
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        let ours = [
            "!doctype",
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "header",
            "p",
            "h1",
            "h2",
            "h3",
            "section",
            "figure",
            "figcaption",
            "pre",
            "ul",
            "li",
            "span",
            "b",
            "code",
            "mark",
            "footer",
            "dl",
            "dt",
            "dd",
            "a",
        ];
        assert!(ours.contains(&name), "<{tag}>");
        assert!(!tag.contains("src=") && !tag.contains("onload"), "<{tag}>");
    }
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'));
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    assert!(!style.contains("url(") && !style.contains("@import"), "nothing from elsewhere");
}

#[test]
fn nothing_that_was_read_acts_in_markdown() {
    let text = markdown(&hostile());
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let marks: String = line.chars().take_while(|it| *it == '`').collect();
        match &fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if marks.len() >= 3 && line == format!("{marks}text") => fence = Some(marks),
            None => {
                for piece in outside_code(line) {
                    for act in ["<", "[", "@", "://", "!", "#"] {
                        assert!(!piece.contains(act), "{piece} in {line}");
                    }
                }
            }
        }
    }
    assert_eq!(fence, None, "every fence is closed");
}

/// The text of a line outside its code spans, as CommonMark reads it: a run of backticks ends at the
/// next run of the same length.
fn outside_code(line: &str) -> Vec<&str> {
    let mut outside = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        outside.push(&rest[..at]);
        let run = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let mut inner = at + run;
        let closing = loop {
            let Some(next) = rest[inner..].find('`') else { break None };
            let begin = inner + next;
            let length = rest[begin..].len() - rest[begin..].trim_start_matches('`').len();
            inner = begin + length;
            if length == run {
                break Some(inner);
            }
        };
        rest = &rest[closing.unwrap_or(at + run)..];
    }
    outside.push(rest);
    outside
}

#[test]
fn every_link_of_the_page_has_its_anchor_once_and_a_word_beside_its_glyph() {
    for (_, report) in reports() {
        let page = html(&report);
        for chain in &report.chains {
            for link in &chain.links {
                let id = format!(" id=\"{}/{}\"", chain.id, link.id);
                assert_eq!(page.matches(&id).count(), 1, "{id}");
            }
        }
        for (glyph, word) in [("✓", "intact"), ("✗", "broken"), ("·", "not reached")] {
            let all = page.matches(&format!("<b>{glyph}</b>")).count();
            assert_eq!(page.matches(&format!("<b>{glyph}</b> {word}")).count(), all);
        }
    }
}

#[test]
fn a_form_has_every_line_of_the_fix_and_of_the_verification() {
    for (_, report) in reports() {
        let (Some(fix), Some(verify)) = (&report.fix, &report.verify) else { continue };
        let (text, page) = (markdown(&report), html(&report));
        let escaped = |line: &str| {
            line.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;")
                .replace('\'', "&#39;")
        };
        for line in fix.change.lines().chain(verify.command.lines()) {
            assert!(text.contains(line), "{line}");
            assert!(page.contains(&escaped(line)), "{line}");
        }
    }
}
