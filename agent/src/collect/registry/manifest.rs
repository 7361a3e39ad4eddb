//! The documents of a registry: manifests of images, indexes of manifests, and refusals.

use diagnosis::facts::Answer;
use serde::Deserialize;

use super::image::is_digest;
use crate::collect::ask::Missed;

/// Attestations stand in an index as images of no platform.
const NO_PLATFORM: &str = "unknown/unknown";

/// An index (`manifests`) or the manifest of one image (`config` and `layers`).
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Manifest {
    pub(super) manifests: Vec<Descriptor>,
    pub(super) config: Option<Descriptor>,
    pub(super) layers: Vec<Descriptor>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Descriptor {
    pub(super) digest: String,
    platform: Option<Platform>,
}

/// Of an index' entry, and of an image's configuration.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Platform {
    os: String,
    architecture: String,
}

/// What a registry says instead of a manifest.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Errors {
    errors: Vec<Error>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Error {
    code: String,
    message: String,
}

impl Descriptor {
    pub(super) fn platform(&self) -> Option<String> {
        self.platform.as_ref().and_then(Platform::text)
    }
}

impl Platform {
    pub(super) fn text(&self) -> Option<String> {
        let text = format!("{}/{}", self.os, self.architecture);
        let named = !self.os.is_empty() && !self.architecture.is_empty() && text != NO_PLATFORM;
        named.then_some(text)
    }
}

/// Its digests become parts of paths, so all of them must be digests.
pub(super) fn read(place: &str, body: &[u8]) -> Result<Manifest, Missed> {
    let manifest: Manifest = serde_json::from_slice(body)
        .map_err(|_| Missed::new(place, "the answer is not a manifest"))?;
    let Manifest { manifests, config, layers } = &manifest;
    let mut all = manifests.iter().chain(config).chain(layers);
    if !all.all(|it| is_digest(&it.digest)) {
        return Err(Missed::new(place, "the manifest names a digest that is none"));
    }
    Ok(manifest)
}

pub(super) fn refusal(status: u16, body: &[u8]) -> (Answer, String) {
    let errors: Errors = serde_json::from_slice(body).unwrap_or_default();
    let Error { code, message } = errors.errors.into_iter().next().unwrap_or_default();
    let mut text = format!("HTTP {status}");
    if !code.is_empty() {
        text = format!("{text} {code}: {message}");
    }
    (Answer { status, code, message, detail: String::new() }, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(last: char) -> String {
        format!("sha256:{}{last}", "0".repeat(63))
    }

    #[test]
    fn an_index_names_each_platform_and_attestations_none() {
        let body = format!(
            r#"{{"manifests":[
                {{"digest":"{}","platform":{{"os":"linux","architecture":"arm64","variant":"v8"}}}},
                {{"digest":"{}","platform":{{"os":"unknown","architecture":"unknown"}}}},
                {{"digest":"{}"}}]}}"#,
            digest('1'),
            digest('2'),
            digest('3'),
        );
        let Ok(manifest) = read("x", body.as_bytes()) else { panic!("not read") };
        let platforms: Vec<_> = manifest.manifests.iter().map(Descriptor::platform).collect();
        assert_eq!(platforms, [Some("linux/arm64".to_owned()), None, None]);
    }

    #[test]
    fn a_digest_cannot_leave_its_path() {
        for bad in ["../../other/blobs/sha256", "", "sha256:..", "sha256:0/1"] {
            let body = format!(r#"{{"layers":[{{"digest":"{bad}"}}]}}"#);
            assert!(read("x", body.as_bytes()).is_err(), "{bad}");
        }
        assert!(read("x", b"<html>").is_err());
    }

    #[test]
    fn a_refusal_keeps_the_registry_s_code() {
        let body = br#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"not found"}]}"#;
        let (answer, text) = refusal(404, body);
        assert_eq!((answer.status, &*answer.code), (404, "MANIFEST_UNKNOWN"));
        assert_eq!(text, "HTTP 404 MANIFEST_UNKNOWN: not found");
        assert_eq!(refusal(403, b"<html>").1, "HTTP 403");
    }
}
