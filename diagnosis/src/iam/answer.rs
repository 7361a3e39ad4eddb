//! What the evaluator answers: allowed, denied and why, or what it would have to know.

use super::trap::Trap;

/// The answer for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Allowed {
        by: Place,
        /// What works but is too wide.
        risks: Vec<Risk>,
    },
    Denied {
        /// A statement says Deny. Otherwise nothing says Allow.
        explicit: bool,
        /// The nearest statement first, with all that failed in it.
        why: Vec<Why>,
    },
    Unknown {
        why: Vec<Unknown>,
    },
}

/// Which of the documents given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Document {
    /// Its place in the list, from 0; the only one for a trust policy.
    Policy(usize),
    Boundary,
}

/// A statement of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub document: Document,
    /// From 1.
    pub statement: usize,
    pub sid: Option<String>,
}

/// One part of a statement that did not match, or the Deny that did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    pub document: Document,
    /// From 1.
    pub statement: usize,
    pub sid: Option<String>,
    pub element: Element,
    pub policy_value: String,
    pub request_value: String,
    pub trap: Option<Trap>,
    /// One plain sentence.
    pub words: String,
    /// Verbatim from the document: the member or the value that failed.
    pub quote: String,
    /// The one-line JSON member that would match, with the real values.
    pub corrected: Option<String>,
}

/// What keeps the answer open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    pub document: Document,
    /// From 1.
    pub statement: usize,
    pub sid: Option<String>,
    pub element: Element,
    pub trap: Option<Trap>,
    /// One plain sentence: what would have to be known.
    pub words: String,
    /// Verbatim from the document.
    pub quote: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
    Effect,
    Principal,
    NotPrincipal,
    Action,
    NotAction,
    Resource,
    NotResource,
    Condition {
        operator: String,
        key: String,
    },
    /// The whole document or statement, such as one with a key twice.
    Document,
}

impl Element {
    /// As in the document, such as `Condition StringEquals aws:SourceArn`.
    pub fn name(&self) -> String {
        let plain = match self {
            Self::Condition { operator, key } => return format!("Condition {operator} {key}"),
            Self::Effect => "Effect",
            Self::Principal => "Principal",
            Self::NotPrincipal => "NotPrincipal",
            Self::Action => "Action",
            Self::NotAction => "NotAction",
            Self::Resource => "Resource",
            Self::NotResource => "NotResource",
            Self::Document => "document",
        };
        plain.to_owned()
    }
}

/// Works, and lets in more than it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    pub kind: RiskKind,
    pub at: Place,
    pub words: String,
    /// Verbatim from the document.
    pub quote: String,
    /// The one-line JSON member that narrows it.
    pub corrected: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RiskKind {
    /// Every ServiceAccount of the cluster may assume the role.
    NoSubject,
    /// A pattern covers every ServiceAccount of one namespace.
    AnyServiceAccountOfNamespace,
    /// A pattern covers ServiceAccounts of several namespaces.
    AnyServiceAccountOfCluster,
    /// A pattern covers some ServiceAccounts of one namespace.
    SubjectPattern,
    NoAudience,
    /// `ForAllValues` is true when the key is missing.
    ForAllValuesOfNothing,
    /// A condition that is always true, because its key can never be in the request.
    ConditionOnNothing,
    AnyPrincipal,
    /// Everybody but those named.
    NotPrincipal,
}

impl RiskKind {
    pub const ALL: &[Self] = &[
        Self::NoSubject,
        Self::AnyServiceAccountOfNamespace,
        Self::AnyServiceAccountOfCluster,
        Self::SubjectPattern,
        Self::NoAudience,
        Self::ForAllValuesOfNothing,
        Self::ConditionOnNothing,
        Self::AnyPrincipal,
        Self::NotPrincipal,
    ];

    pub fn id(self) -> &'static str {
        match self {
            Self::NoSubject => "no-subject",
            Self::AnyServiceAccountOfNamespace => "any-service-account-of-the-namespace",
            Self::AnyServiceAccountOfCluster => "any-service-account-of-the-cluster",
            Self::SubjectPattern => "subject-pattern",
            Self::NoAudience => "no-audience",
            Self::ForAllValuesOfNothing => "for-all-values-of-nothing",
            Self::ConditionOnNothing => "condition-on-nothing",
            Self::AnyPrincipal => "any-principal",
            Self::NotPrincipal => "not-principal",
        }
    }
}

/// Three-valued logic: `None` is not known.
pub(super) fn any(values: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut open = false;
    for value in values {
        match value {
            Some(true) => return Some(true),
            Some(false) => {}
            None => open = true,
        }
    }
    if open { None } else { Some(false) }
}

/// See [`any`].
pub(super) fn all(values: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    any(values.map(|it| it.map(|it| !it))).map(|it| !it)
}
