//! The workload's own container, whose identity a probe beside it does not have to share.

use humantime::parse_rfc3339;

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

/// Seconds from `a` to `b`; `None` where one of them is no time.
pub(super) fn seconds(a: &str, b: &str) -> Option<i64> {
    let (a, b) = (parse_rfc3339(a).ok()?, parse_rfc3339(b).ok()?);
    let seconds = |it: std::time::Duration| i64::try_from(it.as_secs()).unwrap_or(i64::MAX);
    Some(match b.duration_since(a) {
        Ok(later) => seconds(later),
        Err(earlier) => -seconds(earlier.duration()),
    })
}

impl Source {
    /// The first line that has the first of the needles that is there at all.
    pub(super) fn quote_any(&self, needles: &[&str]) -> Evidence {
        let there = needles.iter().find(|it| self.text.contains(**it));
        self.quote(there.copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn seconds_have_a_sign_and_want_two_times() {
        let (a, b) = ("2026-03-01T10:00:00Z", "2026-03-01T10:06:30Z");
        assert_eq!((seconds(a, b), seconds(b, a)), (Some(390), Some(-390)));
        assert_eq!(seconds("yesterday", b), None);
    }
}
