//! What an instance was launched with, by what a node makes of it. None of its text is kept: it can
//! hold passwords and join tokens.
//!
//! Source: awslabs/amazon-eks-ami `nodeadm/internal/configprovider` (base64, then gzip, then MIME
//! parts of the type `application/node.eks.aws`, else the whole as a NodeConfig) and
//! `templates/al2/runtime/bootstrap.sh`; <https://cloudinit.readthedocs.io/en/latest/explanation/format.html>;
//! Bottlerocket's settings are TOML.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::facts::{NodeConfig, UserData};

mod gzip;
mod mime;
mod node_config;
mod script;
mod settings;
#[cfg(test)]
mod tests;

/// EC2 takes 16 KiB; what it unfolds into is text of a person all the same.
const LIMIT: usize = 1 << 20;

/// Encodings around one document: base64 around gzip is met, more is not.
const LAYERS: usize = 3;

const NODE_CONFIG: &str = "application/node.eks.aws";

/// `digest` is the SHA-256 in hex, which the core does not calculate.
pub fn read(body: &[u8], digest: impl Fn(&[u8]) -> String) -> UserData {
    match whole(body, &digest) {
        Ok(it) => it,
        Err(why) => UserData::Broken { why },
    }
}

type Digest<'a> = &'a dyn Fn(&[u8]) -> String;

fn whole(body: &[u8], digest: Digest<'_>) -> Result<UserData, String> {
    let text = decoded(body)?;
    if text.trim().is_empty() {
        return Ok(UserData::None);
    }
    let Some(parts) = mime::parts(&text)? else {
        return document(&text, digest);
    };
    let mut configs: Option<NodeConfig> = None;
    let mut bootstrap = None;
    for part in parts {
        if part.media == NODE_CONFIG {
            let text = decoded(part.body.as_bytes())?;
            let config = node_config::read(&text, digest)?;
            let config = config.ok_or("the part application/node.eks.aws holds no NodeConfig")?;
            configs = Some(match configs {
                Some(before) => node_config::over(before, config),
                None => config,
            });
        } else if let Ok(text) = decoded(part.body.as_bytes()) {
            // What is not for nodeadm may be anything, in any encoding.
            bootstrap = bootstrap.or_else(|| script::bootstrap(&text));
        }
    }
    Ok(match (configs, bootstrap) {
        (Some(config), _) => UserData::NodeConfig(config),
        (None, Some(call)) => {
            UserData::Bootstrap { cluster: call.cluster, with_endpoint: call.with_endpoint }
        }
        (None, None) => UserData::Other,
    })
}

/// Not in parts: one of the forms that are told by how they begin.
fn document(text: &str, digest: Digest<'_>) -> Result<UserData, String> {
    let script = text.trim_start().starts_with("#!") || text.starts_with("#cloud-config");
    if !script {
        if let Some(it) = settings::read(text) {
            return Ok(UserData::Settings { cluster: it.cluster });
        }
        if let Some(config) = node_config::read(text, digest)? {
            return Ok(UserData::NodeConfig(config));
        }
    }
    Ok(match script::bootstrap(text) {
        Some(call) => {
            UserData::Bootstrap { cluster: call.cluster, with_endpoint: call.with_endpoint }
        }
        None => UserData::Other,
    })
}

/// Takes off what is wrapped around the text.
fn decoded(body: &[u8]) -> Result<String, String> {
    let mut bytes = body.to_vec();
    for _ in 0..LAYERS {
        if gzip::is(&bytes) {
            bytes = gzip::unfold(&bytes, LIMIT)?;
        } else if let Some(inner) = base64(&bytes) {
            bytes = inner;
        } else {
            break;
        }
    }
    String::from_utf8(bytes).map_err(|_| "it is neither text, nor gzip, nor base64".to_owned())
}

/// A word is base64, too: only what unfolds into text or gzip was meant so.
fn base64(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(bytes).ok()?;
    let packed: String = text.split_whitespace().collect();
    let inner = STANDARD.decode(&packed).ok().filter(|it| it.len() >= 16)?;
    let meant = gzip::is(&inner) || str::from_utf8(&inner).is_ok_and(plain);
    meant.then_some(inner)
}

fn plain(text: &str) -> bool {
    !text.contains(|it: char| it.is_control() && !it.is_whitespace())
}

/// What may be quoted of it.
pub fn told(it: &UserData, length: Option<usize>) -> String {
    if length.is_none() && matches!(it, UserData::None) {
        return "none".to_owned();
    }
    let length = length.map_or_else(|| "some".to_owned(), |it| it.to_string());
    match it {
        UserData::None => format!("none: {length} bytes of white space"),
        UserData::NodeConfig(config) => fields(config),
        UserData::Bootstrap { cluster: Some(cluster), .. } => {
            format!("a call of bootstrap.sh with the cluster {cluster}")
        }
        UserData::Bootstrap { cluster: None, .. } => "a call of bootstrap.sh".to_owned(),
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
