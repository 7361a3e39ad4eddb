//! An ECR registry: `/v2/`, manifests, and blobs, which it only redirects to the layer host.
//!
//! Source: <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>; the wording of
//! the errors is ECR's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::digest;
use crate::reply::Reply;
use crate::server::Asked;
use crate::world::Standin;
use crate::{canary, world};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// What a layer holds matters to nobody here.
const LAYER_CONTENT: &str = "a layer";

const REPOSITORY: &str = "app";
const ARCHITECTURES: [&str; 2] = ["amd64", "arm64"];

pub(super) fn answer(asked: &Asked<'_>) -> Reply {
    if !authorized(asked) {
        let host = Standin::Registry.host().unwrap_or_default();
        let challenge = format!("Basic realm=\"https://{host}/\",service=\"ecr.amazonaws.com\"");
        return Reply::text(401, "Not Authorized\n").with("www-authenticate", challenge);
    }
    if asked.path == "/v2/" || asked.path == "/v2" {
        return Reply::text(200, "");
    }
    let Some(path) = asked.path.strip_prefix("/v2/") else { return Reply::text(404, "") };
    let Some((repository, rest)) =
        ["/manifests/", "/blobs/"].iter().find_map(|it| path.split_once(it))
    else {
        return Reply::text(404, "");
    };
    if repository != REPOSITORY {
        let message = format!(
            "The repository with name '{repository}' does not exist in the registry with id '{}'",
            world::ACCOUNT
        );
        return error(404, "NAME_UNKNOWN", &message);
    }
    if path.contains("/blobs/") { blob(rest) } else { manifest(rest) }
}

fn authorized(asked: &Asked<'_>) -> bool {
    let wanted = STANDARD.encode(format!("AWS:{}", canary::ECR_PASSWORD));
    asked.header("authorization").and_then(|it| it.strip_prefix("Basic ")) == Some(&wanted)
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &json!({"errors": [{"code": code, "message": message}]}))
}

/// Tags: `1.0` for both architectures, `arm64-only`, and `single`, which is no index.
fn manifest(reference: &str) -> Reply {
    let single = ARCHITECTURES.iter().map(|it| image(it)).find(|it| digest(it) == reference);
    let found = match (reference, single) {
        (_, Some(single)) => Some((MANIFEST, single)),
        ("1.0", _) => Some((INDEX, index(&ARCHITECTURES))),
        ("arm64-only", _) => Some((INDEX, index(&["arm64"]))),
        ("single", _) => Some((MANIFEST, image("amd64"))),
        _ => None,
    };
    let Some((kind, body)) = found else {
        return error(404, "MANIFEST_UNKNOWN", "Requested image not found");
    };
    let digest = digest(&body);
    Reply::text(200, body).with("content-type", kind).with("docker-content-digest", digest)
}

fn descriptor(kind: &str, content: &str) -> Value {
    json!({"mediaType": kind, "digest": digest(content), "size": content.len()})
}

fn index(architectures: &[&str]) -> String {
    let manifests = architectures.iter().map(|architecture| {
        let mut it = descriptor(MANIFEST, &image(architecture));
        it["platform"] = json!({"architecture": architecture, "os": "linux"});
        it
    });
    let manifests: Vec<_> = manifests.collect();
    json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}).to_string()
}

fn image(architecture: &str) -> String {
    json!({
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": descriptor(CONFIG, &config(architecture)),
        "layers": [descriptor(LAYER, LAYER_CONTENT)],
    })
    .to_string()
}

fn config(architecture: &str) -> String {
    json!({"architecture": architecture, "os": "linux", "rootfs": {"type": "layers"}}).to_string()
}

/// What the layer host has under a digest.
pub(super) fn content(wanted: &str) -> Option<String> {
    let configs = ARCHITECTURES.iter().map(|it| config(it));
    configs.chain([LAYER_CONTENT.to_owned()]).find(|it| digest(it) == wanted)
}

fn blob(reference: &str) -> Reply {
    if content(reference).is_none() {
        return error(404, "BLOB_UNKNOWN", "blob unknown to registry");
    }
    let host = Standin::LayerHost.host().unwrap_or_default();
    let signature = canary::LAYER_SIGNATURE;
    let location =
        format!("https://{host}/{reference}?X-Amz-Expires=3600&X-Amz-Signature={signature}");
    Reply::text(307, "").with("location", location)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_leads_to_manifests_and_these_to_content() {
        let index: Value = serde_json::from_str(&manifest("1.0").body).unwrap();
        assert_eq!(index["manifests"].as_array().unwrap().len(), 2);
        let reference = index["manifests"][1]["digest"].as_str().unwrap();
        let image: Value = serde_json::from_str(&manifest(reference).body).unwrap();
        for it in [&image["config"], &image["layers"][0]] {
            let digest = it["digest"].as_str().unwrap();
            assert_eq!(
                content(digest).unwrap().len(),
                usize::try_from(it["size"].as_u64().unwrap()).unwrap()
            );
            assert_eq!(blob(digest).status, 307);
        }
        assert_eq!((manifest("2.0").status, blob("sha256:00").status), (404, 404));
    }
}
