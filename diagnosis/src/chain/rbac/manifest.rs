//! The least that lets denied calls pass: a Role for each namespace, a ClusterRole for the rest, each
//! bound to the caller alone.

use std::fmt::Write as _;

use super::denial::{Call, Caller};

/// Documents for `kubectl apply`, without an end of line.
pub(super) fn manifest(caller: Caller, calls: &[Call]) -> String {
    let mut scopes: Vec<&str> = Vec::new();
    for call in calls {
        if !scopes.contains(&call.namespace.as_str()) {
            scopes.push(&call.namespace);
        }
    }
    let documents: Vec<_> = scopes
        .into_iter()
        .map(|scope| {
            let own: Vec<_> = calls.iter().filter(|it| it.namespace == scope).collect();
            document(caller, scope, &own)
        })
        .collect();
    documents.join("\n---\n")
}

fn document(caller: Caller, namespace: &str, calls: &[&Call]) -> String {
    let kind = if namespace.is_empty() { "ClusterRole" } else { "Role" };
    let name = name(caller, calls);
    let mut metadata = format!("metadata:\n  name: \"{name}\"\n");
    if !namespace.is_empty() {
        let _ = writeln!(metadata, "  namespace: \"{namespace}\"");
    }
    let api = "rbac.authorization.k8s.io";
    format!(
        "apiVersion: {api}/v1\nkind: {kind}\n{metadata}rules:\n{rules}---\n\
         apiVersion: {api}/v1\nkind: {kind}Binding\n{metadata}\
         roleRef:\n  apiGroup: {api}\n  kind: {kind}\n  name: \"{name}\"\n\
         subjects:\n{subject}",
        rules = rules(calls),
        subject = subject(caller),
    )
}

/// Names the caller and the first call, so that the next fix is another object.
fn name(caller: Caller, calls: &[&Call]) -> String {
    let who = match caller {
        Caller::ServiceAccount { namespace, name } => format!("{namespace}-{name}"),
        other => group(other),
    };
    let what = calls.first().map_or_else(String::new, |it| {
        let to = if it.path.is_empty() { &it.resource } else { &it.path };
        format!("{}-{}", it.verb, to.trim_matches('/'))
    });
    plain(&format!("{who}-{what}"))
}

/// For an IAM principal, whose username may change with each session, rights are given to a group.
pub(super) fn group(caller: Caller) -> String {
    let user = match caller {
        Caller::Iam(arn) => principal(arn),
        Caller::User(user) => user.to_owned(),
        _ => String::new(),
    };
    plain(user.rsplit('/').next().unwrap_or(&user))
}

/// `arn:<partition>:sts::<account>:assumed-role/<role>/<session>` is a session of an IAM role.
pub(super) fn principal(arn: &str) -> String {
    let session = arn.split_once(":assumed-role/");
    session.map_or_else(
        || arn.to_owned(),
        |(before, rest)| {
            let role = rest.split('/').next().unwrap_or(rest);
            format!("{}:role/{role}", before.replacen(":sts:", ":iam:", 1))
        },
    )
}

fn plain(text: &str) -> String {
    let keep = |it: char| if it.is_ascii_alphanumeric() { it.to_ascii_lowercase() } else { '-' };
    text.chars().map(keep).collect::<String>().trim_matches('-').to_owned()
}

fn rules(calls: &[&Call]) -> String {
    let mut merged: Vec<(String, Vec<&str>)> = Vec::new();
    for call in calls {
        let head = head(call);
        match merged.iter_mut().find(|(known, _)| *known == head) {
            Some((_, verbs)) if verbs.contains(&call.verb.as_str()) => {}
            Some((_, verbs)) => verbs.push(&call.verb),
            None => merged.push((head, vec![&call.verb])),
        }
    }
    merged.iter().fold(String::new(), |mut text, (head, verbs)| {
        let verbs: Vec<_> = verbs.iter().map(|it| format!("\"{it}\"")).collect();
        let _ = writeln!(text, "{head}  verbs: [{}]", verbs.join(", "));
        text
    })
}

fn head(call: &Call) -> String {
    let Call { group, resource, name, path, .. } = call;
    if !path.is_empty() {
        return format!("- nonResourceURLs: [\"{path}\"]\n");
    }
    let mut head = format!("- apiGroups: [\"{group}\"]\n  resources: [\"{resource}\"]\n");
    if call.named() {
        let _ = writeln!(head, "  resourceNames: [\"{name}\"]");
    }
    head
}

fn subject(caller: Caller) -> String {
    match caller {
        Caller::ServiceAccount { namespace, name } => {
            format!("- kind: ServiceAccount\n  name: \"{name}\"\n  namespace: \"{namespace}\"")
        }
        Caller::Iam(_) => typed("Group", &group(caller)),
        Caller::User(user) => typed("User", user),
        Caller::Node | Caller::Anonymous => String::new(),
    }
}

fn typed(kind: &str, name: &str) -> String {
    format!("- kind: {kind}\n  name: \"{name}\"\n  apiGroup: rbac.authorization.k8s.io")
}
