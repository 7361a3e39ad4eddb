//! A report's body: read with limits, then bound to the pod that sent it.

use std::time::Duration;

use bytes::Bytes;
use diagnosis::facts::{Collector, Facts, Subject};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body;
use serde_json::error::Category;

use super::refusal::Refusal;
use super::review::Sender;

/// The facts of a pod have about 5 KiB.
pub(super) const LIMIT: usize = 64 * 1024;

/// From the first byte to the last.
const TIME: Duration = Duration::from_secs(5);

/// What a collector may call itself; both binaries need far less.
const NAME: usize = 64;

pub(super) async fn read<B>(body: B) -> Result<Bytes, Refusal>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    if body.size_hint().lower() > LIMIT as u64 {
        return Err(Refusal::TooLarge);
    }
    match tokio::time::timeout(TIME, Limited::new(body, LIMIT).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refusal::TooLarge),
        Ok(Err(_)) => Err(Refusal::Invalid("the report broke off".to_owned())),
        Err(_) => Err(Refusal::TooSlow),
    }
}

/// A pod speaks of itself only, so what it says of its node, its cluster and its account is dropped,
/// and its name is the one that the API server vouches for.
pub(super) fn facts(body: &[u8], sender: &Sender, received_at: &str) -> Result<Facts, Refusal> {
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Refusal::Invalid("a report is a JSON object".to_owned()));
    }
    let Facts { taken_at, collector, pod, lines, .. } =
        serde_json::from_slice(body).map_err(|error| Refusal::Invalid(reason(&error)))?;
    Ok(Facts {
        subject: Subject {
            kind: "pod".to_owned(),
            namespace: sender.namespace.clone(),
            name: sender.pod.clone(),
        },
        taken_at: time(taken_at, received_at),
        collector: Collector {
            command: name(&collector.command),
            version: name(&collector.version),
        },
        pod,
        lines,
        ..Facts::default()
    })
}

/// Where and what kind; the parser's own words quote what was sent.
fn reason(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        Category::Data => "not the facts of a probe",
        Category::Eof => "JSON that breaks off",
        Category::Syntax | Category::Io => "not JSON, or nested too deeply",
    };
    format!("{what}, at line {} column {}", error.line(), error.column())
}

/// The pod's clock is this node's, so a time that is none, or not yet, is a mistake of the sender.
fn time(taken_at: String, received_at: &str) -> String {
    let well_formed = taken_at.len() == received_at.len()
        && humantime::parse_rfc3339(&taken_at).is_ok()
        && *taken_at <= *received_at;
    if well_formed { taken_at } else { received_at.to_owned() }
}

fn name(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(NAME).collect()
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    const NOW: &str = "2026-03-02T10:00:00Z";

    fn read_facts(body: &str) -> Result<Facts, Refusal> {
        let [namespace, service_account, pod, uid] = ["prod", "api", "api-1", "u1"].map(Into::into);
        facts(body.as_bytes(), &Sender { namespace, service_account, pod, uid }, NOW)
    }

    #[test]
    fn a_pod_speaks_of_itself_only() {
        let facts = read_facts(
            r#"{
                "subject": {"kind": "node", "name": "another"}, "takenAt": "2026-03-02T09:59:58Z",
                "collector": {"command": "probe", "version": "0.1.0"},
                "node": {"name": {"seen": {"value": "planted", "source": {}}}},
                "cluster": {"serviceAccount": {"seen": {"value": {"present": {"name": "planted"}}, "source": {}}}},
                "account": {"role": {"seen": {"value": {"present": {"arn": "planted"}}, "source": {}}}},
                "pod": {"caller": {"seen": {"value": "kept", "source": {}}}},
                "lines": [{"place": "api.log", "text": "kept too"}]
            }"#,
        )
        .unwrap();
        let text = serde_json::to_string(&facts).unwrap();
        assert!(!text.contains("planted") && !text.contains("another"), "{text}");
        assert!(text.contains("kept") && text.contains("kept too"), "{text}");
        assert_eq!(facts.subject.name, "api-1");
        assert_eq!((&*facts.subject.kind, &*facts.subject.namespace), ("pod", "prod"));
        assert_eq!(facts.taken_at, "2026-03-02T09:59:58Z");
    }

    #[test]
    fn a_time_that_is_none_or_not_yet_is_the_time_of_receipt() {
        let long = "9".repeat(5000);
        for time in ["", "now", "2026-03-02T10:00:01Z", "2026-99-99T10:00:00Z", &long] {
            let facts = read_facts(&format!(r#"{{"takenAt": "{time}"}}"#)).unwrap();
            assert_eq!(facts.taken_at, NOW, "{time}");
        }
    }

    #[test]
    fn a_collector_s_name_is_short_and_printable() {
        let body = format!(r#"{{"collector": {{"command": "a\u001b[2J{}"}}}}"#, "x".repeat(900));
        let command = read_facts(&body).unwrap().collector.command;
        assert!(command.starts_with("a[2Jx") && command.chars().count() == NAME, "{command}");
    }

    #[test]
    fn what_is_no_report_has_a_reason_that_quotes_nothing() {
        let deep = format!(r#"{{"pod": {}"#, "[".repeat(60_000));
        let cases = [
            ("", "a JSON object"),
            ("[]", "a JSON object"),
            ("\"planted\"", "a JSON object"),
            ("<html>planted", "a JSON object"),
            ("{\"takenAt\": ", "breaks off"),
            ("{planted", "not JSON"),
            ("{\"takenAt\": {\"planted\": 1}}", "not the facts"),
            ("{\"pod\": {\"token\": {\"planted\": 1}}}", "not the facts"),
            ("{\"takenAt\": \"\", \"takenAt\": \"\"}", "not the facts"),
            (&deep, "nested too deeply"),
        ];
        for (body, why) in cases {
            let Err(Refusal::Invalid(reason)) = read_facts(body) else {
                panic!("accepted: {body:.40}");
            };
            assert!(reason.contains(why) && !reason.contains("planted"), "{body:.40}: {reason}");
        }
    }

    #[test]
    fn depth_in_a_key_that_nobody_knows_is_passed_over_without_recursion() {
        let body = format!(r#"{{"x": {}{}}}"#, "[".repeat(30_000), "]".repeat(30_000));
        let _ = read_facts(&body);
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_too_large() {
        let body = |size| Full::new(Bytes::from(vec![b' '; size]));
        assert_eq!(read(body(LIMIT)).await.unwrap().len(), LIMIT);
        assert_eq!(read(body(LIMIT + 1)).await, Err(Refusal::TooLarge));
    }
}
