//! What a group's launch template gives its nodes, where no node could be asked.

use super::{ANOTHER_CA, ANOTHER_ENDPOINT, ANOTHER_NAME, host};
use crate::chain::{Look, Verdict};
use crate::facts::inputs::{CLUSTER_IDENTITY, LAUNCH_TEMPLATE, NODE_CHECK_AS_ROOT};
use crate::facts::{ClusterIdentity, Facts, UserData};

/// `None` where the template has no NodeConfig, which alone holds all three.
pub(super) fn look(facts: &Facts) -> Option<Look> {
    let UserData::NodeConfig(given) = facts.account.group.user_data.value()? else { return None };
    let (_, config) = facts.account.group.user_data.need(&LAUNCH_TEMPLATE).ok()?;
    let (cluster, source) = match facts.account.cluster.need(&CLUSTER_IDENTITY) {
        Ok(found) => found,
        Err(missing) => return Some(Err(missing)),
    };
    let ClusterIdentity { name, endpoint, ca_sha256, .. } = cluster;
    // What the template lacks, its user data's own link tells.
    let (asked, own) = (host(given.endpoint.as_deref()?), host(endpoint));
    let same_name = given.name.as_ref()? == name;
    let same_ca = given.ca_sha256.as_ref()?.eq_ignore_ascii_case(ca_sha256);
    if own.is_empty() || ca_sha256.is_empty() {
        return Some(Err(CLUSTER_IDENTITY.missing("endpoint or CA to compare is missing")));
    }
    let broken = |fault, detail: &str, key: &str| {
        let broken = Verdict::broken(fault, detail, config.quote(&format!("{key}: ")));
        broken.with("cluster", name).with("host", &asked)
    };
    Some(Ok(match (same_name, asked == own, same_ca) {
        (true, true, true) => Verdict::intact(name, source),
        (false, true, _) => {
            let other = given.name.as_deref().unwrap_or_default();
            broken(&ANOTHER_NAME, other, "name").with("cluster", other)
        }
        (true, false, true) => broken(&ANOTHER_ENDPOINT, &asked, "apiServerEndpoint"),
        (true, true, false) => broken(&ANOTHER_CA, name, "certificateAuthority"),
        _ => {
            let why = format!("the launch template's user data is not of the cluster {name} alone");
            return Some(Err(NODE_CHECK_AS_ROOT.doubt(why, config.quote("apiServerEndpoint: "))));
        }
    }))
}
