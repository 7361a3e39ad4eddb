//! The contract for scripts, schemaVersion 1. `tests/report.schema.json` is generated from it.

use serde::{Deserialize, Serialize};

use crate::{
    chain::Plane,
    facts::{Collector, Subject},
};

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub schema_version: u32,
    pub subject: Subject,
    /// When the facts were taken, RFC 3339.
    pub taken_at: String,
    /// Which program looked.
    pub source: Collector,
    pub outcome: Outcome,
    /// Plane, chain and link may be known while the outcome is undecided.
    pub plane: Option<Plane>,
    pub chain: Option<&'static str>,
    pub link: Option<&'static str>,
    pub fault: Option<&'static str>,
    /// One sentence.
    pub title: String,
    /// What decides, verbatim.
    pub evidence: Vec<Evidence>,
    /// The chains of which something is known.
    pub chains: Vec<ChainView>,
    pub fix: Option<Fix>,
    pub verify: Option<Verify>,
    /// The causes that remain when the outcome is undecided.
    pub possible: Vec<Cause>,
    /// What would separate them.
    pub needs: Vec<Need>,
    /// Other broken links, each with its own evidence.
    pub also: Vec<Also>,
    /// What works but is too wide.
    pub risks: Vec<Risk>,
    pub set_aside: Vec<SetAside>,
    /// What each input was recognised as.
    pub inputs: Vec<Recognised>,
    /// Of a group of nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes: Option<Nodes>,
    /// Of a group of nodes: the instance that itself saw what is told of a node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Before which moment changes were looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_failure: Option<Change>,
    /// What changed shortly before it, the newest first; none is said to be the cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// Commands whose output was not given, ready to paste.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<String>,
    /// What to ask for, so that nothing is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Grant>,
}

/// A statement of an IAM policy that allows exactly the reads that were refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct Grant {
    effect: &'static str,
    /// As policies spell them.
    pub action: Vec<String>,
    /// Most of these actions know no resource.
    resource: &'static str,
}

impl Grant {
    /// `None` without any.
    pub fn of(actions: impl IntoIterator<Item = String>) -> Option<Self> {
        let action: Vec<String> = actions.into_iter().collect();
        (!action.is_empty()).then_some(Self { effect: "Allow", action, resource: "*" })
    }

    /// To be pasted into a policy.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

/// How many nodes there are, and how many there should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Nodes {
    pub in_service: Option<u32>,
    pub desired: Option<u32>,
}

/// Something that happened at a known time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// RFC 3339 in UTC.
    pub at: String,
    pub what: String,
    pub evidence: Evidence,
}

/// The reports of several groups of one cluster's nodes: what `-o json` writes in place of a report
/// where there is more than one group.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Groups {
    pub schema_version: u32,
    pub cluster: String,
    /// The worst of all: decided before undecided before healthy.
    pub outcome: Outcome,
    /// What each input was recognised as: the `inputs` of a group's own report are empty.
    pub inputs: Vec<Recognised>,
    /// Commands whose output was not given, ready to paste: no group's own report repeats them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<String>,
    /// What to ask for, so that nothing is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Grant>,
    /// The worst first.
    pub groups: Vec<Report>,
}

/// What is the same for all groups of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    pub inputs: Vec<Recognised>,
    pub more: Vec<String>,
    pub grant: Option<Grant>,
}

impl Groups {
    pub fn of(cluster: impl Into<String>, mut groups: Vec<Report>, shared: Shared) -> Self {
        groups.sort_by_key(|it| it.outcome.rank());
        let outcome = groups.first().map_or(Outcome::Undecided, |it| it.outcome);
        let Shared { inputs, more, grant } = shared;
        Self { schema_version: 1, cluster: cluster.into(), outcome, inputs, more, grant, groups }
    }
}

impl Report {
    /// The only one.
    #[must_use]
    pub fn alone(self, shared: Shared) -> Self {
        let Shared { inputs, more, grant } = shared;
        Self { inputs, more, grant, ..self }
    }
}

impl Outcome {
    const fn rank(self) -> u8 {
        match self {
            Self::Decided => 0,
            Self::Undecided => 1,
            Self::Healthy => 2,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// One fault remains.
    Decided,
    Undecided,
    /// At least one link was seen to hold, and nothing speaks against the others.
    Healthy,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    pub quote: String,
    /// A file, an endpoint or an API call.
    pub source: String,
    pub line: Option<u32>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChainView {
    pub id: &'static str,
    pub title: &'static str,
    /// In causal order.
    pub links: Vec<LinkView>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LinkView {
    pub id: &'static str,
    pub title: &'static str,
    pub state: State,
    pub detail: String,
    pub evidence: Vec<Evidence>,
    /// What would let it be known, where it is unknown.
    pub needs: Option<Need>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Every one of the link's faults is excluded.
    Intact,
    Broken,
    /// Not seen well enough; the detail or `needs` says what is missing.
    Unknown,
    /// An earlier link of the chain is broken.
    Blocked,
    NotApplicable,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fix {
    pub summary: String,
    /// Can be pasted, with the real names where they are known; `<name>` where not.
    pub change: String,
    pub owner: String,
    /// What restarts, who else is touched.
    pub impact: String,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verify {
    pub command: String,
    pub expect: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cause {
    pub plane: Plane,
    pub chain: &'static str,
    pub link: &'static str,
    pub fault: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Need {
    pub input: &'static str,
    pub how: String,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Also {
    pub plane: Plane,
    pub chain: &'static str,
    pub link: &'static str,
    pub fault: &'static str,
    pub title: String,
    pub evidence: Vec<Evidence>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Risk {
    pub title: String,
    pub evidence: Vec<Evidence>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetAside {
    pub evidence: Evidence,
    pub why: String,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Recognised {
    pub source: String,
    pub recognised_as: String,
}

/// The JSON Schema of a report, as `tests/report.schema.json` has it; that of several groups is
/// `Groups` within it.
#[cfg(feature = "schema")]
pub fn schema() -> serde_json::Value {
    let mut schema: serde_json::Value = schemars::schema_for!(Report).into();
    let mut groups: serde_json::Value = schemars::schema_for!(Groups).into();
    if let Some(it) = groups.as_object_mut() {
        it.remove("$defs");
        it.remove("$schema");
    }
    groups["properties"]["groups"]["items"] = serde_json::json!({"$ref": "#"});
    schema["$defs"]["Groups"] = groups;
    schema
}

/// What every command of both binaries exits with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Healthy = 0,
    /// The program itself could not run.
    CouldNotRun = 1,
    /// The command line was wrong.
    Usage = 2,
    /// A fault was decided.
    Decided = 3,
    Undecided = 4,
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Healthy => Self::Healthy,
            Outcome::Decided => Self::Decided,
            Outcome::Undecided => Self::Undecided,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
