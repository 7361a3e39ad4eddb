//! Whom the report is about: the one that was named, else the only one there is.

use diagnosis::facts::{ServiceAccount, Source, Subject};

use super::Given;
use crate::args::Named;
use crate::collect::workload::pasted::PastedPod;

/// The subject with its pod and its ServiceAccount, as far as they were given.
#[derive(Default)]
pub(super) struct Selected {
    pub(super) subject: Subject,
    pub(super) pod: Option<PastedPod>,
    pub(super) account: Option<(ServiceAccount, Source)>,
}

pub(super) fn select(given: &mut Given, named: Option<&Named>) -> Result<Selected, String> {
    let subject = match named {
        Some(it) => subject(it.kind, &it.namespace, &it.name),
        None => only(given)?,
    };
    let is = |namespace: &str, name: &str| subject.namespace == namespace && subject.name == name;
    let at = |kind: &str| subject.kind == kind;
    let pod = given.pods.iter().position(|it| {
        let it = &it.pod;
        (at("pod") && is(&it.namespace, &it.name))
            || (at("serviceaccount") && is(&it.namespace, &it.service_account))
    });
    if named.is_some() && at("pod") && pod.is_none() && !given.pods.is_empty() {
        return Err(format!("{}; --subject names another one", ask(given)));
    }
    let pod = pod.map(|at| given.pods.remove(at));
    let (namespace, name) = match &pod {
        Some(it) => (it.pod.namespace.clone(), it.pod.service_account.clone()),
        None => (subject.namespace.clone(), subject.name.clone()),
    };
    let accounts = &given.service_accounts;
    let own = accounts.iter().position(|(it, _)| it.namespace == namespace && it.name == name);
    // One that the pod does not use may be the one that it was to use.
    let own = own.or((accounts.len() == 1 && at("pod")).then_some(0));
    let account = own.map(|at| given.service_accounts[at].clone());
    Ok(Selected { subject, pod, account })
}

fn only(given: &Given) -> Result<Subject, String> {
    match (&given.pods[..], &given.service_accounts[..]) {
        ([one], _) => Ok(subject("pod", &one.pod.namespace, &one.pod.name)),
        ([], [(one, _)]) => Ok(subject("serviceaccount", &one.namespace, &one.name)),
        ([], []) => Ok(made(given).unwrap_or_else(|| node(given, recorded(given)))),
        ([], [..]) if chosen(given).is_some() => Ok(chosen(given).unwrap_or_default()),
        _ => Err(format!("{}; say which with --subject KIND/NAMESPACE/NAME", ask(given))),
    }
}

/// Whose pods nobody gave, but what makes them.
fn made(given: &Given) -> Option<Subject> {
    let [(one, _)] = &given.templates[..] else { return None };
    Some(subject("serviceaccount", &one.namespace, &one.service_account))
}

/// Of several ServiceAccounts the one that the only template uses.
fn chosen(given: &Given) -> Option<Subject> {
    let made = made(given)?;
    let is = |it: &ServiceAccount| {
        it.name == made.name && (made.namespace.is_empty() || it.namespace == made.namespace)
    };
    let (it, _) = given.service_accounts.iter().find(|(it, _)| is(it))?;
    Some(subject("serviceaccount", &it.namespace, &it.name))
}

/// Without anybody else it is about the only node.
fn node(given: &Given, recorded: Subject) -> Subject {
    match &given.nodes[..] {
        [(one, _)] if recorded == Subject::default() => subject("node", "", &one.name),
        _ => recorded,
    }
}

/// A recording says itself whom it is about.
fn recorded(given: &Given) -> Subject {
    let all = given.facts.iter().map(|it| &it.subject);
    all.into_iter()
        .find(|it| it.kind != "node")
        .or(given.facts.first().map(|it| &it.subject))
        .cloned()
        .unwrap_or_default()
}

fn ask(given: &Given) -> String {
    let pods = given.pods.iter().map(|it| format!("pod/{}/{}", it.pod.namespace, it.pod.name));
    let accounts = given.service_accounts.iter();
    let accounts = accounts.map(|(it, _)| format!("sa/{}/{}", it.namespace, it.name));
    let all: Vec<String> = pods.chain(accounts).take(10).collect();
    format!("there is more than one to report about: {}", all.join(", "))
}

fn subject(kind: &str, namespace: &str, name: &str) -> Subject {
    let [kind, namespace, name] = [kind, namespace, name].map(str::to_owned);
    Subject { kind, namespace, name }
}
