//! What this instance was launched with. Its text is read here, and goes no further.

use diagnosis::document::user_data;
use diagnosis::facts::{NodeConfig, UserData};

use super::session::Session;
use crate::collect::ask::Found;
use crate::collect::digest;

pub(super) async fn user_data(session: &Session<'_>) -> Found<UserData> {
    let answer = session.get("user-data").await?;
    let Some(body) = &answer.body else {
        return Ok((UserData::None, answer.source(format!("{}, none", answer.reach))));
    };
    let it = user_data::read(body, digest);
    let text = told(&it, body.len());
    Ok((it, answer.source(text)))
}

/// What may be quoted of it.
fn told(it: &UserData, length: usize) -> String {
    match it {
        UserData::None => format!("none: {length} bytes of white space"),
        UserData::NodeConfig(config) => fields(config),
        UserData::Bootstrap { cluster: Some(cluster) } => {
            format!("a call of bootstrap.sh with the cluster {cluster}")
        }
        UserData::Bootstrap { cluster: None } => "a call of bootstrap.sh".to_owned(),
        UserData::Settings { cluster } => {
            format!("settings, cluster-name: {}", cluster.as_deref().unwrap_or("none"))
        }
        UserData::Other => format!("no NodeConfig in {length} bytes"),
        UserData::Broken { why } => format!("{length} bytes: {why}"),
    }
}

fn fields(it: &NodeConfig) -> String {
    let NodeConfig { name, endpoint, ca_sha256, cidr, api_version, gates } = it;
    let line = |key: &str, value: &Option<String>| {
        format!("{key}: {}\n", value.as_deref().unwrap_or("missing"))
    };
    let ca = ca_sha256.as_ref().map(|it| format!("SHA-256 {it}"));
    let fields = [
        ("name", name),
        ("apiServerEndpoint", endpoint),
        ("certificateAuthority", &ca),
        ("cidr", cidr),
    ];
    let fields: String = fields.iter().map(|(key, value)| line(key, value)).collect();
    format!("apiVersion: {api_version}\n{fields}featureGates: {}", gates.join(", "))
}
