//! The verdicts on several groups of one cluster's nodes.

use diagnosis::facts::Facts;
use diagnosis::facts::aws::Presence;
use diagnosis::render::{self, Redaction, groups};
use diagnosis::report::{self, Exit, Outcome, Report, Shared};

use super::data;
use crate::args::{Form, Output};

/// One group is told as any report; several at once, the worst first.
pub(crate) struct Groups {
    form: Form,
    cluster: String,
    reports: Vec<Report>,
    shared: Shared,
    redaction: Option<Redaction>,
}

impl Groups {
    pub(crate) fn new(form: Form) -> Self {
        let redaction = form.redact.map(|it| Redaction::new(it.into()));
        let (cluster, reports, shared) = (String::new(), Vec::new(), Shared::default());
        Self { form, cluster, reports, shared, redaction }
    }

    /// What is told once for all of them.
    pub(crate) fn share(&mut self, shared: Shared) {
        if let Some(redaction) = &mut self.redaction {
            drop(redaction.shared(shared.clone()));
        }
        self.shared = shared;
    }

    /// Of the facts nothing is kept but which words are names.
    pub(crate) fn add(&mut self, report: Report, facts: &Facts) {
        if let Some(redaction) = &mut self.redaction {
            redaction.learn(&report, facts);
        }
        if self.cluster.is_empty() {
            self.cluster = cluster(facts);
        }
        self.reports.push(report);
    }

    /// Writes what was added. The exit code is that of the worst.
    pub(crate) fn end(self) -> Exit {
        let Self { form, mut cluster, mut reports, mut shared, redaction } = self;
        if let Some(mut redaction) = redaction {
            reports = reports.iter().map(|it| redaction.redact(it)).collect();
            shared = redaction.shared(shared);
            cluster = redaction.text(&cluster);
        }
        if reports.len() == 1 {
            let shared = std::mem::take(&mut shared);
            reports = reports.into_iter().map(|it| it.alone(shared.clone())).collect();
        }
        let all = report::Groups::of(cluster, reports, shared);
        data(|mut out| match (&all.groups[..], form.output) {
            ([one], Output::Text) => render::text(one, &mut out),
            ([one], Output::Json) => render::json(one, &mut out),
            ([one], Output::Markdown) => render::markdown(one, &mut out),
            ([one], Output::Html) => render::html(one, &mut out),
            (_, Output::Text) => groups::text(&all, &mut out),
            (_, Output::Json) => groups::json(&all, &mut out),
            (_, Output::Markdown) => groups::markdown(&all, &mut out),
            (_, Output::Html) => groups::html(&all, &mut out),
        });
        if all.groups.is_empty() { Outcome::Undecided.into() } else { all.outcome.into() }
    }
}

fn cluster(facts: &Facts) -> String {
    let group = &facts.account.group;
    let described = group.cluster.value().and_then(Presence::present).map(|it| &it.name);
    let managed = group.nodegroup.value().and_then(Presence::present).map(|it| &it.cluster_name);
    let named = facts.account.cluster.value().map(|it| &it.name);
    let subject = (facts.subject.kind == "cluster").then_some(&facts.subject.name);
    described.or(named).or(managed).or(subject).cloned().unwrap_or_default()
}
