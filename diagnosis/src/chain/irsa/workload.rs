//! The workload's own container, whose identity a probe beside it does not have to share.

use crate::{
    facts::{Container, Facts, IdentityEnv, Line, Source, WorkloadPod},
    report::Evidence,
};

/// Where the webhook mounts its token.
pub(super) const TOKEN: &str = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token";

/// A probe alone has neither the template of the workload, nor its user, labels and log.
pub(super) use crate::chain::WHY as VERIFY;

pub(super) struct Workload<'a> {
    pub(super) pod: &'a WorkloadPod,
    pub(super) container: &'a Container,
    pub(super) source: &'a Source,
}

pub(super) fn workload(facts: &Facts) -> Option<Workload<'_>> {
    let crate::facts::Observed::Seen { value, source } = &facts.cluster.pod else { return None };
    let pod = value.present()?;
    Some(Workload { pod, container: pod.own()?, source })
}

/// What chooses the identity: of the workload where its pod was seen, else of the probe.
pub(super) fn identity(facts: &Facts) -> Option<&IdentityEnv> {
    let own = workload(facts).map(|it| &it.container.identity);
    own.or_else(|| facts.pod.identity.value())
}

/// The annotation `eks.amazonaws.com/role-arn` of the ServiceAccount, where that was seen.
pub(super) fn annotation(facts: &Facts) -> Option<&str> {
    facts.cluster.service_account.value()?.present()?.role_arn.as_deref()
}

/// The line of the record in which something stands, as it is heard.
pub(super) fn physical(line: &Line, at: usize) -> Evidence {
    let start = line.text[..at].rfind('\n').map_or(0, |it| it + 1);
    let before = u32::try_from(line.text[..start].matches('\n').count()).unwrap_or(0);
    let quote = line.text[start..].lines().next().unwrap_or_default().trim().to_owned();
    let number = (line.line > 0).then_some(line.line + before);
    Evidence { quote, source: line.place.clone(), line: number }
}

impl Source {
    /// The first line that has the first of the needles that is there at all.
    pub(super) fn quote_any(&self, needles: &[&str]) -> Evidence {
        let there = needles.iter().find(|it| self.text.contains(**it));
        self.quote(there.copied().unwrap_or_default())
    }
}
