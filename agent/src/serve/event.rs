//! What is said of a verdict in a Kubernetes Event on the own Node. Pure; [`super::send`] sends it.
//!
//! An Event of core/v1 in the namespace `default`, with the node's name in the place of its uid, as
//! the kubelet writes them: `kubectl describe node` finds those. Reasons are made of our own lists.

use diagnosis::chain::Plane;
use diagnosis::report::Report;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

/// What the kubelet's own recorder allows.
pub(super) const MESSAGE: usize = 1024;

const TITLE: usize = 300;
const COMMAND: usize = 300;

/// An object's name has 253 characters; what follows the node's takes 17.
const NAME: usize = 230;

pub(super) const COMPONENT: &str = "eks-triage";

/// Which fault, by our own lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) plane: Plane,
    pub(super) chain: &'static str,
    pub(super) link: &'static str,
    pub(super) fault: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(super) name: String,
    pub(super) node: String,
    pub(super) kind: Kind,
    pub(super) reason: String,
    pub(super) message: String,
    /// RFC 3339, when it was found out; it may be sent much later.
    pub(super) at: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Warning,
    Normal,
}

/// What makes the name of an event its own: the same twice is one event for the API server.
pub(super) enum Occurrence {
    /// It stood already when this process began to look, so that an earlier one may have told it.
    Found {
        hour: u64,
    },
    At {
        nanos: u128,
    },
}

impl Key {
    /// Of a decided report.
    pub(super) fn of(report: &Report) -> Option<Self> {
        Some(Self {
            plane: report.plane?,
            chain: report.chain?,
            link: report.link?,
            fault: report.fault?,
        })
    }

    /// `ClusterEndpointConnectTimedOut`
    pub(super) fn reason(&self) -> String {
        let words = self.link.split('-').chain(self.fault.split('-'));
        words
            .flat_map(|word| {
                let mut letters = word.chars();
                letters.next().map(|it| it.to_ascii_uppercase()).into_iter().chain(letters)
            })
            .collect()
    }
}

impl Event {
    pub(super) fn new(
        node: &str,
        key: &Key,
        kind: Kind,
        occurrence: &Occurrence,
        message: String,
    ) -> Self {
        let which = match occurrence {
            Occurrence::Found { hour } => format!("found {hour}"),
            Occurrence::At { nanos } => format!("at {nanos}"),
        };
        let Key { chain, link, fault, .. } = key;
        let hash = digest(&SHA256, format!("{kind:?} {chain}/{link}/{fault} {which}").as_bytes());
        let hash = hash.as_ref().iter().take(8).fold(0, |all, byte| all << 8 | u64::from(*byte));
        let stem = cut(node, NAME).trim_end_matches(['.', '-', '…']).to_owned();
        Self {
            name: format!("{stem}.{hash:016x}"),
            node: node.to_owned(),
            kind,
            reason: key.reason(),
            message,
            at: reach::now(),
        }
    }

    pub(super) fn json(&self) -> Value {
        let Self { name, node, kind, reason, message, at } = self;
        json!({
            "apiVersion": "v1", "kind": "Event",
            "metadata": {"name": name, "namespace": "default"},
            "involvedObject": {"kind": "Node", "name": node, "uid": node},
            "type": format!("{kind:?}"), "reason": reason, "message": message,
            "firstTimestamp": at, "lastTimestamp": at, "count": 1,
            "source": {"component": COMPONENT, "host": node},
            "reportingComponent": COMPONENT, "reportingInstance": node,
        })
    }
}

/// The title, what proves it, and the command that verifies the fix. The quote gives way to both.
pub(super) fn broken(report: &Report) -> String {
    let title = cut(&line(&report.title), TITLE);
    let command = report.verify.as_ref().map(|it| cut(&line(&it.command), COMMAND));
    let command = command.map(|it| format!(" Once fixed, verify: {it}")).unwrap_or_default();
    let quote = report.evidence.first().map(|it| format!(" {}: {}", it.source, it.quote));
    let head = format!("{title}.");
    let room = MESSAGE - head.len() - command.len();
    format!("{head}{}{command}", cut(&quote.map(|it| line(&it)).unwrap_or_default(), room))
}

pub(super) fn cleared(title: &str) -> String {
    cut(&format!("No longer seen: {}", line(title)), MESSAGE)
}

pub(super) fn expired(title: &str, looks: u16) -> String {
    let text = format!("Could not be seen for {looks} looks, nobody knows if it holds: {title}");
    cut(&line(&text), MESSAGE)
}

/// Without what steers a terminal or begins another line.
fn line(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}

/// To so many bytes, at the end of a character.
fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub('…'.len_utf8());
    let end = (0..=room).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}…", &text[..end])
}

#[cfg(test)]
pub(super) mod tests {
    use diagnosis::chain;
    use diagnosis::facts::{Ended, Facts, Observed, Reach, Source};

    use super::*;

    /// A node on which the kubelet does not listen.
    pub(in crate::serve) fn look(ended: Ended) -> Facts {
        let reach = Reach {
            host: "127.0.0.1".to_owned(),
            port: 10248,
            addresses: Vec::new(),
            phases: Vec::new(),
            ended,
            error: String::new(),
            issuer: None,
            server_date: None,
            via: None,
        };
        let mut facts = Facts::default();
        let source = Source::new("GET http://127.0.0.1:10248/healthz", "", "connection refused");
        facts.node.kubelet = Observed::seen(reach, source);
        facts
    }

    #[test]
    fn every_fault_has_a_reason_of_its_own_that_kubernetes_takes() {
        let mut reasons = std::collections::HashMap::new();
        for (chain, link) in chain::links() {
            for fault in link.faults {
                let key =
                    Key { plane: fault.plane, chain: chain.id, link: link.id, fault: fault.id };
                let reason = key.reason();
                assert!(reason.len() <= 128 && reason.chars().all(char::is_alphanumeric));
                assert!(reason.starts_with(|it: char| it.is_ascii_uppercase()), "{reason}");
                let known = reasons.insert(reason, (link.id, fault.id));
                assert!(known.is_none_or(|it| it == (link.id, fault.id)), "{known:?}");
            }
        }
    }

    #[test]
    fn it_says_title_quote_and_command_as_the_kubelet_would() {
        let report = diagnosis::judge(&look(Ended::ConnectRefused));
        let key = Key::of(&report).unwrap();
        let message = broken(&report);
        assert!(message.starts_with(&report.title), "{message}");
        assert!(message.contains(": connection refused") && message.contains(" verify: "));
        let at = Occurrence::At { nanos: 7 };
        let event = Event::new("ip-10-0-1-10.ec2.internal", &key, Kind::Warning, &at, message);
        let json = event.json();
        assert_eq!(json["involvedObject"]["uid"], "ip-10-0-1-10.ec2.internal");
        assert_eq!(
            (&json["reason"], &json["type"]),
            (&"KubeletNotRunning".into(), &"Warning".into())
        );
        let typed: k8s_openapi::api::core::v1::Event = serde_json::from_value(json).unwrap();
        assert_eq!(typed.involved_object.namespace, None);
        assert!(typed.first_timestamp.is_some() && typed.event_time.is_none());
    }

    #[test]
    fn a_message_is_short_and_one_line_whatever_was_quoted() {
        let mut report = diagnosis::judge(&look(Ended::ConnectRefused));
        report.title = "é".repeat(400);
        report.evidence[0].quote = format!("\u{1b}[2J\n{}", "ü".repeat(4000));
        report.verify.as_mut().unwrap().command = "x\n".repeat(2000);
        let message = broken(&report);
        assert!(message.len() <= MESSAGE && message.len() > MESSAGE - 8, "{}", message.len());
        assert!(!message.chars().any(char::is_control) && message.contains("verify: x x"));
        assert!(cleared(&"é".repeat(4000)).len() <= MESSAGE);
        assert!(expired(&"é\n".repeat(4000), 10).len() <= MESSAGE);
    }

    #[test]
    fn the_same_occurrence_has_the_same_name_and_another_has_another() {
        let key = Key::of(&diagnosis::judge(&look(Ended::ConnectRefused))).unwrap();
        let name = |node: &str, kind, occurrence| {
            Event::new(node, &key, kind, &occurrence, String::new()).name
        };
        let found = || name("n", Kind::Warning, Occurrence::Found { hour: 7 });
        assert_eq!(found(), found());
        assert_ne!(found(), name("n", Kind::Warning, Occurrence::Found { hour: 8 }));
        assert_ne!(found(), name("n", Kind::Normal, Occurrence::Found { hour: 7 }));
        assert_ne!(found(), name("n", Kind::Warning, Occurrence::At { nanos: 7 }));
        let long = name(&"a.".repeat(126), Kind::Warning, Occurrence::At { nanos: 7 });
        assert!(long.len() <= 253 && !long.contains(".."), "{long}");
    }
}
