//! One pass over a text: what tells something is replaced, the rest stays as it is.

use super::{Redactor, Scope, token};

/// Names that every cluster and account has.
const SHARED: &[&str] = &[
    "aws-node",
    "coredns",
    "default",
    "eks-auth",
    "kube-node-lease",
    "kube-proxy",
    "kube-public",
    "kube-system",
    "root",
    "service-role",
    "aws-service-role",
    "aws-reserved",
    "sso.amazonaws.com",
];

/// What a name follows, and of what it is the name.
const CUES: &[(&str, &str)] = &[
    ("--role-name ", "role"),
    ("--cluster-name ", "cluster"),
    ("describe-cluster --name ", "cluster"),
    ("update-kubeconfig --name ", "cluster"),
    ("--policy-name ", "policy"),
    ("--user-name ", "user"),
    ("--instance-profile-name ", "profile"),
    ("--nodegroup-name ", "nodegroup"),
    ("--repository-name ", "repository"),
    ("--bucket ", "bucket"),
    ("owner of role ", "role"),
    ("policy of role ", "role"),
    ("role with name ", "role"),
    ("Instance Profile ", "profile"),
    ("security-credentials/ lists ", "role"),
    ("security-credentials/", "role"),
    ("cluster found for name: ", "cluster"),
    ("assumed-role/", "role"),
    ("instance-profile/", "profile"),
    ("role/", "role"),
    ("role%2F", "role"),
];

/// Keys of JSON, YAML and structured logs.
const KEYS: &[(&str, &str)] = &[
    ("roleName", "role"),
    ("RoleName", "role"),
    ("userName", "user"),
    ("UserName", "user"),
    ("policyName", "policy"),
    ("PolicyName", "policy"),
    ("clusterName", "cluster"),
    ("ClusterName", "cluster"),
    ("cluster-name", "cluster"),
    ("nodegroupName", "nodegroup"),
    ("instanceProfileName", "profile"),
    ("InstanceProfileName", "profile"),
    ("repositoryName", "repository"),
    ("bucketName", "bucket"),
    ("BucketName", "bucket"),
];

/// The same, of workloads.
const WORKLOADS: &[(&str, &str)] = &[
    ("-n ", "namespace"),
    ("--namespace ", "namespace"),
    ("--namespace=", "namespace"),
    ("--serviceaccount ", "serviceaccount"),
    ("--service-account ", "serviceaccount"),
    ("--serviceaccount=", "serviceaccount"),
    ("namespace: ", "namespace"),
    ("serviceAccountName: ", "serviceaccount"),
    ("in the namespace \"", "namespace"),
];

impl Redactor {
    pub(super) fn text(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(char) = text[at..].chars().next() {
            if let Some((length, put)) = self.found(text, at) {
                out += &put;
                at += length;
            } else {
                out.push(char);
                at += char.len_utf8();
            }
        }
        out
    }

    /// What begins here and is replaced: its length, and by what.
    fn found(&mut self, text: &str, at: usize) -> Option<(usize, String)> {
        let (before, rest) = text.split_at(at);
        if !token::begins(before) {
            return self.account(before, rest);
        }
        self.arn(rest)
            .or_else(|| self.token(before, rest))
            .or_else(|| self.subject(rest))
            .or_else(|| self.cued(rest))
            .or_else(|| self.host(before, rest))
            .or_else(|| self.account(before, rest))
            .or_else(|| self.named(rest))
    }

    /// `system:serviceaccount:<namespace>:<name>`
    fn subject(&mut self, rest: &str) -> Option<(usize, String)> {
        let head = "system:serviceaccount:";
        let tail = rest.strip_prefix(head).filter(|_| self.scope == Scope::All)?;
        let namespace = word(tail);
        let name = word(tail[namespace.len()..].strip_prefix(':')?);
        let length = head.len() + namespace.len() + 1 + name.len();
        let put = [("namespace", namespace), ("serviceaccount", name)].map(|(label, name)| {
            self.name(label, name);
            self.put(name)
        });
        Some((length, format!("{head}{}", put.join(":"))))
    }

    fn cued(&mut self, rest: &str) -> Option<(usize, String)> {
        let workloads = if self.scope == Scope::All { WORKLOADS } else { &[] };
        let cue = CUES.iter().chain(workloads).find(|(cue, _)| rest.starts_with(cue));
        let (label, length) = match cue {
            Some((cue, label)) => (*label, cue.len()),
            None => keyed(rest)?,
        };
        let (cue, tail) = rest.split_at(length);
        let name = match label {
            "repository" => path(tail),
            _ => word(tail),
        };
        if name.is_empty() || tail.starts_with("arn:") || name.starts_with('-') {
            return None;
        }
        self.name(label, name);
        Some((length + name.len(), format!("{cue}{}", self.put(name))))
    }

    /// A name that was shown to be one elsewhere.
    fn named(&self, rest: &str) -> Option<(usize, String)> {
        let ends = |name: &str| {
            let next = rest[name.len()..].chars().next();
            let joined = |char: char| {
                char.is_ascii_alphanumeric() || !long(name) && matches!(char, '-' | '_')
            };
            !next.is_some_and(joined)
        };
        let name = self.names.iter().find(|it| rest.starts_with(it.as_str()) && ends(it))?;
        Some((name.len(), self.put(name)))
    }

    /// From now on this is replaced wherever it stands.
    pub(super) fn name(&mut self, label: &'static str, value: &str) {
        if value.starts_with("arn:") {
            self.text(value);
        } else if value.len() > 1 && !shared(value) {
            // The part of a node's name that is its own.
            let value = token::node(value).unwrap_or(value);
            self.placeholder(label, value);
            if !self.names.iter().any(|it| it == value) {
                self.names.push(value.to_owned());
                self.names.sort_by_key(|it| std::cmp::Reverse(it.len()));
            }
        }
    }

    pub(super) fn placeholder(&mut self, label: &'static str, value: &str) -> String {
        if let Some(given) = self.given.get(value) {
            return given.clone();
        }
        let count = self.counted.entry(label).or_default();
        *count += 1;
        let given = format!("{label}-{count}");
        self.given.insert(value.to_owned(), given.clone());
        given
    }

    /// The placeholder, where there is one.
    pub(super) fn put(&self, value: &str) -> String {
        self.given.get(value).map_or(value, String::as_str).to_owned()
    }
}

pub(super) fn shared(name: &str) -> bool {
    let begins = ["AWS", "Amazon", "eks-triage"];
    SHARED.contains(&name) || begins.iter().any(|it| name.starts_with(it))
}

/// A word that is hardly one of a language: it is replaced as a part of a longer name, too.
pub(super) fn long(name: &str) -> bool {
    let joint = |char: char| char.is_ascii_digit() || matches!(char, '-' | '_' | '.' | '/');
    name.len() >= 6 && name.contains(joint)
}

/// `"roleName": "`, `roleName=`, `roleName: ` with what is between key and value.
fn keyed(rest: &str) -> Option<(&'static str, usize)> {
    let (key, label) = KEYS.iter().find(|(key, _)| rest.starts_with(key))?;
    let tail = &rest[key.len()..];
    let value = tail.trim_start_matches(['\\', '"', ' ']).strip_prefix([':', '='])?;
    let value = value.trim_start_matches(['\\', '"', '\'', ' ']);
    Some((label, rest.len() - value.len()))
}

/// The name at the begin of this text; a full stop at its end is the sentence's.
fn word(text: &str) -> &str {
    let inside =
        |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | '@' | '+');
    let end = text.find(|char| !inside(char)).unwrap_or(text.len());
    text[..end].trim_end_matches('.')
}

pub(super) fn path(text: &str) -> &str {
    let inside = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | '/');
    let end = text.find(|char| !inside(char)).unwrap_or(text.len());
    text[..end].trim_end_matches(['.', '/'])
}
