//! A NodeConfig of nodeadm, as YAML.
//!
//! Source: awslabs/amazon-eks-ami `nodeadm/api/v1alpha1/nodeconfig_types.go` and
//! `nodeadm/internal/api/validation.go`, 2026-07.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Digest;
use crate::document::certificate;
use crate::facts::NodeConfig;

/// No tool writes aliases; people write a few.
const REPEATED: usize = 10_000;

/// `None` where the text is something else.
pub(super) fn read(text: &str, digest: Digest<'_>) -> Result<Option<NodeConfig>, String> {
    if !text.contains("NodeConfig") && !text.contains("node.eks.aws") {
        return Ok(None);
    }
    let mut read = None;
    for (line, part) in documents(text) {
        let options = serde_saphyr::options! {
            strict_booleans: true,
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: REPEATED },
        };
        // The error's own words could repeat what stands there.
        let value: Value =
            serde_saphyr::from_str_with_options(&part, options).map_err(|error| {
                let at = error.location().map_or(1, |it| it.line());
                format!("its NodeConfig is no YAML at line {}", line + at)
            })?;
        let group = field(&value, "apiVersion").unwrap_or_default();
        let kind = field(&value, "kind").unwrap_or_default();
        if kind == "NodeConfig" || group.starts_with("node.eks.aws/") {
            read = Some(config(&value, group, digest)?);
        }
    }
    Ok(read)
}

/// What a later part says stands; what it leaves out is taken from before.
pub(super) fn over(before: NodeConfig, later: NodeConfig) -> NodeConfig {
    NodeConfig {
        name: later.name.or(before.name),
        endpoint: later.endpoint.or(before.endpoint),
        ca_sha256: later.ca_sha256.or(before.ca_sha256),
        cidr: later.cidr.or(before.cidr),
        api_version: later.api_version,
        gates: before.gates.into_iter().chain(later.gates).collect(),
    }
}

fn config(value: &Value, api_version: String, digest: Digest<'_>) -> Result<NodeConfig, String> {
    let spec = &value["spec"];
    let cluster = &spec["cluster"];
    let gates = spec["featureGates"].as_object().into_iter().flatten();
    let on = gates.filter(|(_, on)| on.as_bool() == Some(true)).map(|(name, _)| name.clone());
    let ca = field(cluster, "certificateAuthority").map(|it| fingerprint(&it, digest));
    Ok(NodeConfig {
        name: field(cluster, "name"),
        endpoint: field(cluster, "apiServerEndpoint"),
        ca_sha256: ca.transpose()?,
        cidr: field(cluster, "cidr"),
        api_version,
        gates: on.collect(),
    })
}

/// Base64 of PEM, as `aws eks describe-cluster` prints it.
fn fingerprint(text: &str, digest: Digest<'_>) -> Result<String, String> {
    let packed: String = text.split_whitespace().collect();
    let pem = STANDARD.decode(packed).map_err(|_| "certificateAuthority is not base64")?;
    let pem = String::from_utf8(pem).unwrap_or_default();
    let der = certificate::first(&pem);
    Ok(digest(&der.ok_or("certificateAuthority holds no certificate")?))
}

/// Text, or a number that was not quoted; nothing where it is empty.
fn field(value: &Value, name: &str) -> Option<String> {
    let text = match &value[name] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The documents of a stream, with how many lines stand before each.
fn documents(text: &str) -> Vec<(u64, String)> {
    let mut all = vec![(0, String::new())];
    for (at, line) in (1..).zip(text.lines()) {
        if line.trim_end() == "---" {
            all.push((at, String::new()));
        } else if let Some((_, part)) = all.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    all.retain(|(_, part)| !part.trim().is_empty());
    all
}
