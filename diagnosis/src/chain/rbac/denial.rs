//! The sentence in which Kubernetes denies a call, taken apart: it holds all that a rule needs.
//!
//! `<resource> "<name>" is forbidden: User "<user>" cannot <verb> resource "<resource>" in API group
//! "<group>" in the namespace "<namespace>"`, or `at the cluster scope`; before Kubernetes 1.12
//! `cannot <verb> <resource>.<group> …`; for a path of no resource `cannot <verb> path "<path>"`.

use crate::{
    facts::{AccessReview, Facts, Line},
    report::Evidence,
};

pub(super) struct Denial {
    /// Empty where the line is cut off before its end.
    pub(super) user: String,
    /// `None` where the line is cut off, or asks for everything.
    pub(super) call: Option<Call>,
    pub(super) evidence: Evidence,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) verb: String,
    /// Empty: the core group.
    pub(super) group: String,
    /// With its subresource; empty for a path.
    pub(super) resource: String,
    /// Of the one object that was asked for.
    pub(super) name: String,
    /// Empty: the cluster scope.
    pub(super) namespace: String,
    /// Such as `/metrics`.
    pub(super) path: String,
    /// Whether a rule is to be limited to `name`, whatever it is a name of.
    pub(super) exact: bool,
}

/// As the API server calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller<'a> {
    ServiceAccount { namespace: &'a str, name: &'a str },
    Iam(&'a str),
    Node,
    Anonymous,
    User(&'a str),
}

/// In the order of the lines; what nodes and nobody were denied is another link's.
pub(super) fn denials(facts: &Facts) -> Vec<Denial> {
    let mut lines = facts.lines.iter().flat_map(physical).peekable();
    let mut denials = Vec::new();
    while let Some((evidence, text)) = lines.next() {
        // A terminal or an editor may have broken the sentence at its colon.
        let next = lines.peek().map(|(_, next)| next.trim_start());
        let next = next.filter(|it| it.starts_with("User ") && text.ends_with("is forbidden:"));
        let said = sentence(&plain(&next.map_or(text.to_owned(), |it| format!("{text} {it}"))));
        let Some((user, call)) = said else { continue };
        if !matches!(Caller::of(&user), Caller::Node | Caller::Anonymous) {
            denials.push(Denial { user, call, evidence });
        }
    }
    denials
}

/// The lines of a record as evidence, and as they may be read.
pub(super) fn physical(line: &Line) -> impl Iterator<Item = (Evidence, &str)> {
    (0..).zip(line.text.lines()).map(|(offset, text)| {
        let quote = text.trim().to_owned();
        let number = (line.line > 0).then_some(line.line + offset);
        (Evidence { quote, source: line.place.clone(), line: number }, text.trim_end())
    })
}

/// However often a client escaped the sentence: no name in it has a backslash.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for piece in text.split_inclusive('"') {
        match piece.strip_suffix('"') {
            Some(before) => {
                plain.push_str(before.trim_end_matches('\\'));
                plain.push('"');
            }
            None => plain.push_str(piece),
        }
    }
    plain
}

const BEFORE: &str = "forbidden: User \"";

fn sentence(text: &str) -> Option<(String, Option<Call>)> {
    let start = text.find(BEFORE)?;
    let rest = &text[start + BEFORE.len()..];
    let Some((user, rest)) = rest.split_once('"') else { return Some((String::new(), None)) };
    if !user.chars().all(plausible) {
        return Some((String::new(), None));
    }
    let name = object(&text[..start]).unwrap_or_default();
    Some((user.to_owned(), call(rest, name)))
}

/// `… "<name>" is `
fn object(before: &str) -> Option<&str> {
    let quoted = before.trim_end().strip_suffix("is")?.trim_end().strip_suffix('"')?;
    quoted.rsplit_once('"').map(|(_, name)| name)
}

fn call(rest: &str, name: &str) -> Option<Call> {
    let (verb, rest) = rest.strip_prefix(" cannot ")?.split_once(' ')?;
    let mut call = Call { verb: verb.to_owned(), ..Call::default() };
    if let Some(rest) = rest.strip_prefix("path \"") {
        rest.split_once('"')?.0.clone_into(&mut call.path);
        return call.grantable().then_some(call);
    }
    let rest = if let Some(rest) = rest.strip_prefix("resource \"") {
        let (resource, rest) = rest.split_once('"')?;
        let (group, rest) = rest.strip_prefix(" in API group \"")?.split_once('"')?;
        (call.resource, call.group) = (resource.to_owned(), group.to_owned());
        rest
    } else {
        let end = rest.find(' ')?;
        let (resource, group) = rest[..end].split_once('.').unwrap_or((&rest[..end], ""));
        (call.resource, call.group) = (resource.to_owned(), group.to_owned());
        &rest[end..]
    };
    if let Some(rest) = rest.strip_prefix(" in the namespace \"") {
        rest.split_once('"')?.0.clone_into(&mut call.namespace);
    } else if !rest.starts_with(" at the cluster scope") {
        return None;
    }
    if name.chars().all(plausible) {
        name.clone_into(&mut call.name);
    }
    call.grantable().then_some(call)
}

/// In no name does more occur, and nothing else may reach a command or a document.
fn plausible(it: char) -> bool {
    it.is_ascii_alphanumeric() || "-._:/@+=,*".contains(it)
}

impl Call {
    /// A rule that names this call alone can be written: it is named in full, and is not everything.
    pub(super) fn grantable(&self) -> bool {
        let parts = [&self.verb, &self.group, &self.resource, &self.namespace, &self.path];
        let what = if self.path.is_empty() { &self.resource } else { &self.path };
        !self.verb.is_empty()
            && !what.is_empty()
            && parts.into_iter().all(|it| it.chars().all(|c| plausible(c) && c != '*'))
    }

    /// For `kubectl auth can-i`.
    pub(super) fn question(&self) -> String {
        let Self { verb, namespace, path, .. } = self;
        if !path.is_empty() {
            return format!("{verb} {path}");
        }
        let (resource, sub) = self.resource.split_once('/').unwrap_or((&self.resource, ""));
        let mut question = format!("{verb} {resource}");
        if !self.group.is_empty() {
            question.extend([".", &self.group]);
        }
        if self.named() {
            question.extend(["/", &self.name]);
        }
        if !sub.is_empty() {
            question.extend([" --subresource=", sub]);
        }
        if !namespace.is_empty() {
            question.extend([" -n ", namespace]);
        }
        question
    }

    /// Whether one object is enough: the verb can be limited to it, and its name is not made anew
    /// each time, as a pod's is.
    pub(super) fn named(&self) -> bool {
        const VERBS: &[&str] = &["get", "update", "patch", "delete"];
        const FIXED: &[&str] = &[
            "apiservices",
            "configmaps",
            "customresourcedefinitions",
            "endpoints",
            "leases",
            "mutatingwebhookconfigurations",
            "secrets",
            "validatingwebhookconfigurations",
        ];
        let known = |list: &[&str], it: &String| list.contains(&it.as_str());
        !self.name.is_empty()
            && (self.exact || known(VERBS, &self.verb) && known(FIXED, &self.resource))
    }

    pub(super) fn is(&self, review: &AccessReview) -> bool {
        let AccessReview { verb, group, resource, namespace, .. } = review;
        (verb, group, resource, namespace)
            == (&self.verb, &self.group, &self.resource, &self.namespace)
    }

    pub(super) fn of(review: &AccessReview) -> Self {
        let AccessReview { verb, group, resource, namespace, .. } = review.clone();
        Self { verb, group, resource, namespace, ..Self::default() }
    }
}

impl<'a> Caller<'a> {
    pub(super) fn of(user: &'a str) -> Self {
        let account = user.strip_prefix("system:serviceaccount:").and_then(|it| it.split_once(':'));
        match account {
            Some((namespace, name)) => Self::ServiceAccount { namespace, name },
            None if user.starts_with("system:node:") => Self::Node,
            None if user == "system:anonymous" => Self::Anonymous,
            None if user.starts_with("arn:") => Self::Iam(user),
            None => Self::User(user),
        }
    }
}
