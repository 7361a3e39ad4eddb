//! What was read of all inputs, by kind, and what each input was taken for.

use std::collections::BTreeMap;

use diagnosis::document::account::Answers;
use diagnosis::document::console::Console;
use diagnosis::document::log::Log;
use diagnosis::document::object::unused;
use diagnosis::document::paste::{About, Document};
use diagnosis::facts::{
    Association, ClusterIdentity, Facts, Line, PodTemplate, PolicyDocument, RegisteredNode, Role,
    ServiceAccount, Source,
};
use diagnosis::report::Recognised;
use k8s_openapi::api::networking::v1::NetworkPolicy;

use crate::collect::workload::pasted::{self, Object, PastedPod};

/// Each with its namespace and ServiceAccount.
pub(super) type Associations = Vec<(String, String, Association)>;

#[derive(Default)]
pub(super) struct Given {
    pub(super) pods: Vec<PastedPod>,
    pub(super) service_accounts: Vec<(ServiceAccount, Source)>,
    pub(super) network_policies: Vec<(NetworkPolicy, Source)>,
    pub(super) nodes: Vec<(RegisteredNode, Source)>,
    /// What was said, and of what.
    pub(super) events: Vec<(About, Line)>,
    pub(super) templates: Vec<(PodTemplate, Source)>,
    /// Who asked AWS: ARNs.
    pub(super) callers: Vec<(String, Source)>,
    /// As whom the API server knows somebody.
    pub(super) users: Vec<(String, Source)>,
    pub(super) lines: Vec<Line>,
    pub(super) trust: Vec<Source>,
    pub(super) roles: Vec<(Role, Source)>,
    pub(super) permissions: Vec<PolicyDocument>,
    pub(super) clusters: Vec<(ClusterIdentity, Source)>,
    pub(super) provider_lists: Vec<(Vec<String>, Source)>,
    /// URL and client IDs.
    pub(super) providers: Vec<(String, Vec<String>, Source)>,
    pub(super) associations: Vec<(Associations, Source)>,
    pub(super) facts: Vec<Facts>,
    /// Single ones, whoever they are about.
    pub(super) seen: Vec<Facts>,
    /// Where each of them was.
    pub(super) seen_at: Vec<String>,
    /// What the AWS CLI answered about a cluster's nodes.
    pub(super) answers: Answers,
    /// Where answers were, and what they were taken for.
    pub(super) answered: BTreeMap<String, String>,
    pub(super) inputs: Vec<Recognised>,
    /// What could not be read, though it was meant to be.
    pub(super) unread: Vec<String>,
    /// Whether anything at all was of use.
    pub(super) any: bool,
}

impl Given {
    /// Also for a report about a cluster's nodes, which has its own reader.
    pub(super) fn answer(&mut self, place: &str, text: &str) {
        if let Some(what) = self.answers.take(place, text) {
            self.any = true;
            self.answered.insert(place.to_owned(), what);
        }
    }

    pub(super) fn told(&mut self, source: &str, what: impl Into<String>) {
        let (source, recognised_as) = (source.to_owned(), what.into());
        self.inputs.push(Recognised { source, recognised_as });
    }

    pub(super) fn log(&mut self, place: &str, name: &str, log: Log) {
        let Log { lines, read, dropped } = log;
        let mut what = format!("{name}, {read} lines, {} of them may matter", lines.len());
        if dropped > 0 {
            what = format!("{what}, {dropped} more were left out");
        }
        self.told(place, what);
        self.any = true;
        self.lines.extend(lines);
    }

    pub(super) fn document(&mut self, place: &str, document: Document) {
        let what = match document {
            Document::Object { object, source } => return self.object(place, object, source),
            Document::Unused(what, why) => {
                return self.told(place, format!("{what}, not used: {why}"));
            }
            Document::Trust(source) => {
                self.trust.push(source);
                "trust policy".to_owned()
            }
            Document::Permissions(policy) => {
                self.permissions.push(policy);
                "permission policy".to_owned()
            }
            Document::Role { role, source } => {
                let what = format!("role {} with its trust policy", role.arn);
                self.roles.push((*role, source));
                what
            }
            Document::Cluster(cluster, source) => {
                let what = format!("cluster {}", cluster.name);
                self.clusters.push((cluster, source));
                what
            }
            Document::Providers(arns, source) => {
                let what = format!("list of {} OIDC providers", arns.len());
                self.provider_lists.push((arns, source));
                what
            }
            Document::Provider { url, client_ids, source } => {
                let what = format!("OIDC provider {url}");
                self.providers.push((url, client_ids, source));
                what
            }
            Document::Associations(all, source) => {
                let what = format!("{} Pod Identity associations", all.len());
                self.associations.push((all, source));
                what
            }
            Document::Facts(facts) => {
                let what = format!("facts of `eks-triage {}`", facts.collector.command);
                self.facts.push(*facts);
                what
            }
            Document::Console(Console { facts, which }) => {
                self.facts.push(*facts);
                which
            }
            // The reader of its file tells of it.
            Document::Broken(_) => return,
            Document::Said(what, said) => {
                let what = format!("{what}, {} of them may matter", said.len());
                self.events.extend(said);
                what
            }
            Document::Seen(what, facts) if self.has(&facts) => {
                return self.told(place, format!("{what}, not used: the same was given before"));
            }
            Document::Seen(what, facts) => {
                self.seen.push(*facts);
                self.seen_at.push(place.to_owned());
                what
            }
            Document::Template(template, source) => {
                let PodTemplate { controller, service_account, .. } = &template;
                let what = format!("{controller}, whose pods use ServiceAccount {service_account}");
                self.templates.push((template, source));
                what
            }
            Document::Caller(arn, source) => {
                let what = format!("caller {arn}");
                self.callers.push((arn, source));
                what
            }
            Document::User(user, source) => {
                let what = format!("user {user}");
                self.users.push((user, source));
                what
            }
        };
        self.any = true;
        self.told(place, what);
    }

    /// Of two answers to one question only one can stand.
    fn has(&self, facts: &Facts) -> bool {
        let both = |seen: fn(&Facts) -> bool| seen(facts) && self.seen.iter().any(seen);
        both(|it| it.account.subnets.value().is_some())
            || both(|it| it.account.subnet_use.value().is_some())
            || both(|it| it.account.access_entries.value().is_some())
            || both(|it| it.node.ipamd.value().is_some())
    }

    fn object(&mut self, place: &str, object: serde_json::Value, source: Source) {
        let kind = object["kind"].as_str().unwrap_or_default().to_owned();
        let name =
            object["metadata"]["name"].as_str().map(|it| format!(" {it}")).unwrap_or_default();
        let what = match pasted::object(object, source) {
            Err(why) => return self.told(place, format!("{kind}, not used: {why}")),
            Ok(Object::Other(kind)) => {
                let why = unused(&kind);
                return self.told(place, format!("{kind}{name}, not used: {why}"));
            }
            Ok(Object::Pod(pod)) => {
                let what = format!("Pod {}/{}", pod.pod.namespace, pod.pod.name);
                self.pods.push(*pod);
                what
            }
            Ok(Object::ServiceAccount(account, source)) => {
                let what = format!("ServiceAccount {}/{}", account.namespace, account.name);
                self.service_accounts.push((account, source));
                what
            }
            Ok(Object::NetworkPolicy(policy, source)) => {
                let name = policy.metadata.name.as_deref().unwrap_or_default();
                let what = format!("NetworkPolicy {name}");
                self.network_policies.push((*policy, source));
                what
            }
            Ok(Object::Node(node, source)) => {
                let what = format!("Node {}", node.name);
                self.nodes.push((node, source));
                what
            }
            Ok(Object::Event([kind, namespace, name], line)) => {
                let what = format!("Event of {kind} {namespace}/{name}");
                self.events.push((About::new(&kind, &namespace, &name), line));
                what
            }
        };
        self.any = true;
        self.told(place, what);
    }
}
