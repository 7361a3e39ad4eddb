//! A report that can be shown to others: the same value has the same placeholder everywhere.
//!
//! Replaced are account ids, names in ARNs, ids of resources, addresses, hosts other than those of
//! AWS and of public registries, and, with `Scope::All`, the names of workloads. What one account
//! shares with all others stays, so that the report still reads.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::{
    facts::{Facts, ImdsFromPod, RoleDocument, RoleObject, ServiceAccountObject},
    report::{
        Also, ChainView, Change, Evidence, Fix, LinkView, Need, Recognised, Report, Risk, SetAside,
        Shared, Verify,
    },
};

mod arn;
mod group;
mod host;
mod mask;
mod shape;
#[cfg(test)]
mod tests;
mod token;

/// What is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What tells the AWS account: ids, names in ARNs, hosts, addresses.
    Account,
    /// That, and the names of namespaces, pods and ServiceAccounts.
    All,
}

/// Bytes of a text that is not read twice.
const LONG: usize = 200;

/// What was learnt of one report, and the placeholders given.
struct Redactor {
    scope: Scope,
    /// By value; what is the same has one placeholder whatever it is the name of.
    given: BTreeMap<String, String>,
    counted: BTreeMap<&'static str, usize>,
    /// Names that are replaced wherever they stand, the longest first.
    names: Vec<String>,
    /// Long texts that were read: what groups share, each of them has.
    read: BTreeSet<u64>,
    /// In documents a placeholder looks like what it stands for.
    seed: Option<u64>,
}

/// The report without what tells whose it is. The facts say which words are names.
pub fn redact(report: &Report, facts: &Facts, scope: Scope) -> Report {
    let mut redaction = Redaction::new(scope);
    redaction.learn(report, facts);
    redaction.redact(report)
}

/// Of several reports that are shown together: what is the same in two of them has one placeholder.
pub struct Redaction(Redactor);

impl Redaction {
    pub fn new(scope: Scope) -> Self {
        Self(Redactor::new(scope))
    }

    /// What is a name in one report is one in all: each is learned of before the first is redacted.
    pub fn learn(&mut self, report: &Report, facts: &Facts) {
        self.0.learn(facts);
        // A name may stand in a sentence before the ARN that shows it to be one.
        self.0.report(report.clone());
        let rest = serde_json::to_value(facts).unwrap_or_default();
        self.0.read(&rest);
    }

    pub fn redact(&mut self, report: &Report) -> Report {
        self.0.report(report.clone())
    }

    /// And what is told once for all of them.
    pub fn shared(&mut self, shared: Shared) -> Shared {
        let Shared { inputs, more, grant } = shared;
        Shared { inputs: self.0.inputs(inputs), more: map(more, |it| self.0.text(&it)), grant }
    }

    /// One text beside the reports.
    pub fn text(&mut self, text: &str) -> String {
        self.0.text(text)
    }
}

impl Redactor {
    fn new(scope: Scope) -> Self {
        let (given, counted) = (BTreeMap::new(), BTreeMap::new());
        Self { scope, given, counted, names: Vec::new(), read: BTreeSet::new(), seed: None }
    }

    fn learn(&mut self, facts: &Facts) {
        group::learn(self, facts);
        if facts.subject.kind == "node" {
            self.name("node", &facts.subject.name);
        }
        if let Some(RoleDocument::Document { role, .. }) = facts.node.role.value() {
            self.name("role", role);
        }
        if let Some(ImdsFromPod { role: Some(role), .. }) = facts.pod.imds.value() {
            self.name("role", role);
        }
        if let Some(cluster) = facts.account.cluster.value() {
            self.name("cluster", &cluster.name);
        }
        let account = &facts.account;
        for role in [&account.role, &account.association_role, &account.target_role] {
            if let Some(RoleObject::Present(role)) = role.value() {
                let policies = role.policies.iter().chain(&role.boundary);
                policies.for_each(|it| self.name("policy", &it.name));
            }
        }
        if self.scope == Scope::All {
            self.workload(facts);
        }
    }

    fn workload(&mut self, facts: &Facts) {
        self.name("namespace", &facts.subject.namespace);
        self.name(kind(&facts.subject.kind), &facts.subject.name);
        if let Some(ServiceAccountObject::Present(it)) = facts.cluster.service_account.value() {
            self.name("namespace", &it.namespace);
            self.name("serviceaccount", &it.name);
        }
        for it in facts.cluster.annotated.value().into_iter().flatten() {
            self.name("namespace", &it.namespace);
            self.name("serviceaccount", &it.name);
        }
        for it in facts.cluster.egress_policies.value().into_iter().flatten() {
            self.name("networkpolicy", &it.name);
        }
        for it in facts.cluster.waiting_pods.value().into_iter().flatten() {
            self.name("namespace", &it.namespace);
            self.name("pod", &it.name);
        }
        for it in facts.cluster.not_scaled.value().into_iter().flatten() {
            self.name("namespace", &it.namespace);
            self.name("pod", &it.pod);
        }
        for pod in facts.cluster.sharing_pods.value().into_iter().flatten() {
            self.name("pod", pod.rsplit('/').next().unwrap_or(pod));
        }
    }

    /// Every text of the facts is read for the names in it.
    fn read(&mut self, value: &serde_json::Value) {
        match value {
            serde_json::Value::String(text) => {
                let mut hasher = DefaultHasher::new();
                text.hash(&mut hasher);
                if text.len() < LONG || self.read.insert(hasher.finish()) {
                    drop(self.text(text));
                }
            }
            serde_json::Value::Array(all) => all.iter().for_each(|it| self.read(it)),
            serde_json::Value::Object(all) => all.values().for_each(|it| self.read(it)),
            _ => {}
        }
    }

    /// Taken apart by name, so that a new part of a report is not forgotten here.
    fn report(&mut self, report: Report) -> Report {
        let Report {
            schema_version,
            mut subject,
            taken_at,
            source,
            outcome,
            plane,
            chain,
            link,
            fault,
            title,
            evidence,
            chains,
            fix,
            verify,
            possible,
            needs,
            also,
            risks,
            set_aside,
            inputs,
            nodes,
            instance,
            first_failure,
            changes,
            more,
            grant,
        } = report;
        subject.namespace = self.text(&subject.namespace);
        subject.name = self.text(&subject.name);
        Report {
            schema_version,
            subject,
            taken_at,
            source,
            outcome,
            plane,
            chain,
            link,
            fault,
            title: self.text(&title),
            evidence: self.evidence(evidence),
            chains: self.chains(chains),
            fix: fix.map(|Fix { summary, change, owner, impact }| Fix {
                summary: self.text(&summary),
                change: self.text(&change),
                owner: self.text(&owner),
                impact: self.text(&impact),
            }),
            verify: verify.map(|Verify { command, expect }| Verify {
                command: self.text(&command),
                expect: self.text(&expect),
            }),
            possible,
            needs: map(needs, |Need { input, how }| Need { input, how: self.text(&how) }),
            also: map(also, |Also { plane, chain, link, fault, title, evidence }| Also {
                plane,
                chain,
                link,
                fault,
                title: self.text(&title),
                evidence: self.evidence(evidence),
            }),
            risks: map(risks, |Risk { title, evidence }| Risk {
                title: self.text(&title),
                evidence: self.evidence(evidence),
            }),
            set_aside: map(set_aside, |SetAside { evidence, why }| SetAside {
                evidence: self.quote(evidence),
                why: self.text(&why),
            }),
            inputs: self.inputs(inputs),
            nodes,
            instance: instance.map(|it| self.text(&it)),
            first_failure: first_failure.map(|it| self.change(it)),
            changes: map(changes, |it| self.change(it)),
            more: map(more, |it| self.text(&it)),
            grant,
        }
    }

    fn inputs(&mut self, all: Vec<Recognised>) -> Vec<Recognised> {
        map(all, |Recognised { source, recognised_as }| Recognised {
            source: self.text(&source),
            recognised_as: self.text(&recognised_as),
        })
    }

    fn change(&mut self, Change { at, what, evidence }: Change) -> Change {
        Change { at, what: self.text(&what), evidence: self.quote(evidence) }
    }

    fn chains(&mut self, chains: Vec<ChainView>) -> Vec<ChainView> {
        let link = |it: &mut Self, LinkView { id, title, state, detail, evidence, needs }| {
            let needs = needs.map(|Need { input, how }| Need { input, how: it.text(&how) });
            let (detail, evidence) = (it.text(&detail), it.evidence(evidence));
            LinkView { id, title, state, detail, evidence, needs }
        };
        map(chains, |ChainView { id, title, links }| ChainView {
            id,
            title,
            links: map(links, |view| link(self, view)),
        })
    }

    fn evidence(&mut self, all: Vec<Evidence>) -> Vec<Evidence> {
        map(all, |it| self.quote(it))
    }

    fn quote(&mut self, Evidence { quote, source, line }: Evidence) -> Evidence {
        Evidence { quote: self.text(&quote), source: self.text(&source), line }
    }
}

fn map<T, U>(all: Vec<T>, change: impl FnMut(T) -> U) -> Vec<U> {
    all.into_iter().map(change).collect()
}

fn kind(of: &str) -> &'static str {
    match of {
        "node" => "node",
        "serviceaccount" => "serviceaccount",
        "pod" => "pod",
        "nodegroup" | "autoscaling-group" | "nodepool" => "nodegroup",
        "cluster" => "cluster",
        _ => "subject",
    }
}
