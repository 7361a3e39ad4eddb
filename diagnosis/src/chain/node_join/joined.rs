//! What several links of this chain ask the same facts: whether the node joined, and whether STS
//! and the cluster were asked about it under right conditions.

use crate::facts::{Facts, NodeObject, Observed, RegisteredNode, RoleDocument, Source, seconds};

/// How far a signature's time may be off, in seconds.
pub(super) const SKEW: u64 = 300;

/// A Ready node has everything behind it that only joining needs.
pub(super) fn ready(facts: &Facts) -> Option<&Source> {
    let (node, source) = registered(facts)?;
    let ready = node.ready.as_ref()?;
    (ready.status == "True").then_some(source)
}

pub(super) fn registered(facts: &Facts) -> Option<(&RegisteredNode, &Source)> {
    match &facts.cluster.node {
        Observed::Seen { value: NodeObject::Registered(node), source } => Some((node, source)),
        _ => None,
    }
}

/// The credentials are there and have not run out, by the server's time.
pub(super) fn unexpired(facts: &Facts) -> bool {
    let Some(RoleDocument::Document { code, expiration, server_date, .. }) =
        facts.node.role.value()
    else {
        return false;
    };
    let now = server_date.as_ref().unwrap_or(&facts.taken_at);
    code == "Success" && seconds(now, expiration).is_some_and(|left| left > 0)
}

/// Where it was measured.
pub(super) fn clock_is_off(facts: &Facts) -> bool {
    facts.node.clock.value().is_some_and(|it| it.offset_seconds.unsigned_abs() >= SKEW)
}

/// The kubeconfig names the cluster whose endpoint and CA it has, as EKS says.
pub(super) fn one_cluster(facts: &Facts) -> bool {
    let (Some(given), Some(cluster)) =
        (facts.node.host.kubeconfig.value(), facts.account.cluster.value())
    else {
        return false;
    };
    let bare = |url: &str| {
        let url = url.trim_start_matches("https://").trim_end_matches('/');
        url.trim_end_matches(":443").to_ascii_lowercase()
    };
    let ca = given.ca_sha256.as_deref().unwrap_or_default();
    given.cluster.as_deref() == Some(&*cluster.name)
        && bare(&given.server) == bare(&cluster.endpoint)
        && !ca.is_empty()
        && ca.eq_ignore_ascii_case(&cluster.ca_sha256)
}
