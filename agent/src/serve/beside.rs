//! What this node sees of the question that a pod reports about, laid beside the pod's facts before
//! they are judged: "the node reaches STS, the pod does not" is a verdict that neither could give.
//!
//! Only what tells the two vantages apart, and the node's name. All other facts of the node have a
//! report of their own: in a pod's, they would break links that come first in order, so that a
//! fault of the node displaced the pod's, or hold links, so that a pod of which nothing is known
//! were called healthy.

use std::time::{Duration, Instant};

use diagnosis::facts::{Facts, Node};

/// An older look says little about now, as when the agent could not look for a while.
const FRESH: Duration = Duration::from_mins(10);

/// Nothing before the first look has ended.
#[derive(Default)]
pub(super) struct Beside(Option<(Node, Instant)>);

impl Beside {
    pub(super) fn of(facts: &Facts, looked: Instant) -> Self {
        let Node { name, sts, eks_auth, .. } = (*facts.node).clone();
        Self(Some((Node { name, sts, eks_auth, ..Node::default() }, looked)))
    }

    /// The subject stays the pod, and the time that of its report.
    pub(super) fn lay(&self, pod: Facts, now: Instant) -> Facts {
        match &self.0 {
            Some((node, looked)) if now.saturating_duration_since(*looked) <= FRESH => {
                Facts { node: Box::new(node.clone()), ..pod }
            }
            _ => pod,
        }
    }
}

#[cfg(test)]
mod tests {
    use diagnosis::facts::{Ended, Observed, Profile, Reach, Source, Subject};
    use diagnosis::report::{Outcome, State};

    use super::*;

    fn sts() -> Observed<Reach> {
        let reach = Reach {
            host: "sts.us-west-2.amazonaws.com".to_owned(),
            port: 443,
            addresses: Vec::new(),
            phases: Vec::new(),
            ended: Ended::Answered(302),
            error: String::new(),
            issuer: None,
            server_date: None,
            via: None,
        };
        Observed::seen(reach, Source::new("GET https://sts/ from the node", "", ""))
    }

    fn look() -> Facts {
        let subject = Subject { kind: "node".to_owned(), ..Subject::default() };
        let mut facts =
            Facts { subject, taken_at: "2026-03-02T10:00:00Z".to_owned(), ..Facts::default() };
        facts.node.name = Observed::seen("ip-10-0-1-10".to_owned(), Source::default());
        facts.node.sts = sts();
        facts.node.profile = Observed::seen(Profile::None, Source::default());
        facts
    }

    #[test]
    fn a_fault_of_the_node_is_not_the_pod_s_and_its_health_neither() {
        let now = Instant::now();
        let node = look();
        assert_eq!(diagnosis::judge(&node).outcome, Outcome::Decided);
        let subject = Subject { kind: "pod".to_owned(), ..Subject::default() };
        let pod = Facts { subject, ..Facts::default() };
        let both = Beside::of(&node, now).lay(pod, now);
        assert_eq!((&*both.subject.kind, &*both.taken_at), ("pod", ""));
        assert!(both.node.sts.value().is_some() && both.node.name.value().is_some());
        let decided: Vec<_> = diagnosis::checklist(&both)
            .into_iter()
            .filter(|(.., state)| !matches!(state, State::Unknown))
            .collect();
        assert!(decided.is_empty(), "{decided:?}");
        assert_eq!(diagnosis::judge(&both).outcome, Outcome::Undecided);
    }

    #[test]
    fn an_old_look_is_not_laid_beside() {
        let now = Instant::now();
        let beside = Beside::of(&look(), now);
        let lay = |after| beside.lay(Facts::default(), now + after).node.sts.value().is_some();
        assert!(lay(FRESH) && !lay(FRESH + Duration::from_secs(1)));
    }
}
