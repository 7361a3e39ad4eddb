//! The knowledge: chains of links. A link knows the Facts and no other link's code.
//!
//! One link, one file: what it means, how it is judged, the texts that speak of it, its faults,
//! their change and verification. The checklist, README's table, `explain` and the metrics' labels
//! are generated from here. To add a link, write its file and name it in its chain's list.

use serde::Serialize;

use crate::{
    facts::{Facts, Input, Missing, Source},
    pattern::Names,
    report::{Evidence, Risk, State},
};

pub mod image_pull;
pub mod irsa;
pub mod ladder;
pub mod node_join;
mod noise;
pub mod pod_identity;
pub mod pod_network;
pub mod rbac;
mod recovery;
mod retired;

pub use noise::NOISE;
pub use recovery::{RECOVERIES, Recovery};
pub use retired::RETIRED;

/// In causal order: a node joins before a pod has a network, and pulls its image before it asks
/// for credentials. The order decides which of two independent faults is named first. Pod Identity
/// stands before IRSA, because EKS injects it alone where a ServiceAccount has both.
pub static CHAINS: &[&Chain] = &[
    &node_join::CHAIN,
    &pod_network::CHAIN,
    &image_pull::CHAIN,
    &pod_identity::CHAIN,
    &irsa::CHAIN,
    &rbac::CHAIN,
];

pub fn links() -> impl Iterator<Item = (&'static Chain, &'static Link)> {
    CHAINS.iter().flat_map(|chain| chain.links.iter().map(move |link| (*chain, *link)))
}

/// What only is said once these links held, beside whatever else the record says.
pub static HELD: &[Sign] = &[Sign::new(
    "Pulling image \"",
    "Normal  Pulling  kubelet  Pulling image \"111122223333.dkr.ecr.us-west-2.amazonaws.com/api:4.1.0\"",
    "kubernetes/kubernetes pkg/kubelet/images/image_manager.go",
    &[],
)
.showing(pod_network::SANDBOX)];

/// Whether a pod that runs has this link behind it.
pub fn starts_pods(chain: &Chain, link: &Link) -> bool {
    chain.id == image_pull::CHAIN.id
        || (chain.id == pod_network::CHAIN.id && pod_network::gives_address(link))
}

/// An ordered list of links that must all hold for one thing to work.
pub struct Chain {
    pub id: &'static str,
    pub title: &'static str,
    /// In causal order.
    pub links: &'static [&'static Link],
}

/// One testable condition.
pub struct Link {
    /// Kebab-case; never reused.
    pub id: &'static str,
    /// At most 26 characters: it is a column of the checklist.
    pub title: &'static str,
    /// What must hold, and why it matters.
    pub means: &'static str,
    /// From which facts it is judged, and what stays unknown.
    pub judged: &'static str,
    /// Where the knowledge comes from: URLs, or files in named repositories.
    pub sources: &'static [&'static str],
    pub faults: &'static [&'static Fault],
    pub signs: &'static [Sign],
    /// Whether a transport error at this host breaks this link.
    pub host: fn(&str) -> bool,
    /// Judges by facts alone. `Intact` claims that none of the link's faults is present.
    pub look: fn(&Facts) -> Look,
}

pub type Look = Result<Verdict, Missing>;

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Plane {
    Node,
    Network,
    Image,
    Iam,
    Rbac,
}

impl Plane {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Network => "network",
            Self::Image => "image",
            Self::Iam => "iam",
            Self::Rbac => "rbac",
        }
    }
}

/// One way in which a link breaks. Its texts are patterns: `<role>` is filled from the facts, or
/// stays for a person to fill in.
pub struct Fault {
    /// Unique within its link; the key `chain/link/fault` is never reused.
    pub id: &'static str,
    pub plane: Plane,
    /// What is wrong, in one sentence.
    pub title: &'static str,
    /// What to do, in one sentence.
    pub fix: &'static str,
    /// The fix to paste.
    pub change: &'static str,
    pub owner: &'static str,
    pub impact: &'static str,
    pub verify: &'static str,
    pub expect: &'static str,
}

/// Verifies what only the workload's own pod shows: it is looked at, and probed as its own user.
pub(crate) const WHY: &str = "eks-triage why sa/<service-account> -n <namespace>";

/// What the faults of one link share.
pub(crate) struct Common {
    pub(crate) plane: Plane,
    pub(crate) owner: &'static str,
    pub(crate) impact: &'static str,
    pub(crate) verify: &'static str,
    pub(crate) expect: &'static str,
}

impl Common {
    pub(crate) const fn fault(
        &self,
        id: &'static str,
        title: &'static str,
        fix: &'static str,
        change: &'static str,
    ) -> Fault {
        let Self { plane, owner, impact, verify, expect } = *self;
        Fault { id, plane, title, fix, change, owner, impact, verify, expect }
    }
}

/// A literal text and what it can mean: one way is a proof, several are a symptom, none is noise.
pub struct Sign {
    pub text: &'static str,
    /// A line as it is met in the field, which this sign must win.
    pub sample: &'static str,
    /// A URL, or a file in a named repository, that has the text.
    pub source: &'static str,
    pub could_be: &'static [Way],
    /// Whether `could_be` names every way there is; only then is the last way left a proof.
    pub exhaustive: bool,
    /// Links that must have held for this text to exist.
    pub shows: &'static [&'static Link],
    /// Whether it tells what the workload's own client does. Then a probe that fares better, with
    /// another client, says nothing against it.
    pub by_client: bool,
    /// Whether it only sums up what went wrong before it: then a line that names the cause stands.
    pub summary: bool,
    /// Why noise is set aside.
    pub why: &'static str,
}

#[derive(Clone, Copy)]
pub struct Way(pub &'static Link, pub &'static Fault);

impl Sign {
    pub const fn new(
        text: &'static str,
        sample: &'static str,
        source: &'static str,
        could_be: &'static [Way],
    ) -> Self {
        let (exhaustive, by_client, summary, why) = (false, false, false, "");
        Self { text, sample, source, could_be, exhaustive, shows: &[], by_client, summary, why }
    }

    pub const fn exhaustive(self) -> Self {
        Self { exhaustive: true, ..self }
    }

    pub const fn showing(self, shows: &'static [&'static Link]) -> Self {
        Self { shows, ..self }
    }

    pub const fn by_client(self) -> Self {
        Self { by_client: true, ..self }
    }

    pub const fn summary(self) -> Self {
        Self { summary: true, ..self }
    }

    pub const fn noise(
        text: &'static str,
        sample: &'static str,
        source: &'static str,
        why: &'static str,
    ) -> Self {
        Self { why, ..Self::new(text, sample, source, &[]) }
    }
}

/// What a link says of itself, or, after `judge` has heard the records, what is known of it.
pub struct Verdict {
    pub state: State,
    pub fault: Option<&'static Fault>,
    pub detail: String,
    /// When the facts behind it were observed.
    pub at: Option<String>,
    pub evidence: Vec<Evidence>,
    pub names: Names,
    pub needs: Option<&'static Input>,
    /// What works but is too wide, whatever the state.
    pub risks: Vec<Risk>,
}

impl Verdict {
    fn new(state: State, detail: impl Into<String>) -> Self {
        let (detail, evidence, names) = (detail.into(), Vec::new(), Names::new());
        let (at, risks) = (None, Vec::new());
        Self { state, fault: None, detail, at, evidence, names, needs: None, risks }
    }

    pub fn intact(detail: impl Into<String>, source: &Source) -> Self {
        Self { at: source.at.clone(), ..Self::new(State::Intact, detail) }
    }

    /// This condition does not apply to the subject, as the facts show.
    pub fn not_applicable(detail: impl Into<String>) -> Self {
        Self::new(State::NotApplicable, detail)
    }

    pub fn broken(fault: &'static Fault, detail: impl Into<String>, evidence: Evidence) -> Self {
        let (fault, evidence) = (Some(fault), vec![evidence]);
        Self { fault, evidence, ..Self::new(State::Broken, detail) }
    }

    /// Fills a name of the fault's texts.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.names.insert(name, value.into());
        self
    }

    pub fn and_risk(mut self, title: impl Into<String>, evidence: Evidence) -> Self {
        self.risks.push(Risk { title: title.into(), evidence: vec![evidence] });
        self
    }

    pub fn and_evidence(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }
}

impl From<Missing> for Verdict {
    fn from(Missing { input, why, against }: Missing) -> Self {
        let (needs, evidence) = (Some(input), Vec::from_iter(against));
        Self { evidence, needs, ..Self::new(State::Unknown, why) }
    }
}

/// For a link that no host stands for.
pub(crate) fn no_host(_: &str) -> bool {
    false
}
