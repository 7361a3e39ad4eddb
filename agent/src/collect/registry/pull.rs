//! What a container runtime asks for an image, up to the first byte of one layer.

use diagnosis::facts::{Answer, Ended, ImageManifest, LayerAnswer, ManifestAnswer, Source};
use reach::{Measured, Method, Net, Request};
use serde::Deserialize;
use tokio::time::Instant;

use super::image::{Image, is_digest};
use super::token::Token;
use crate::collect::ask::{self, Found, Missed};

const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json";

/// Registries take manifests of up to 4 MiB; a real one has some kilobytes.
const MANIFEST_LIMIT: usize = 1024 * 1024;

/// Attestations stand in an index as images of no platform.
const NO_PLATFORM: &str = "unknown/unknown";

pub(super) struct Pull<'a> {
    pub(super) net: &'a Net,
    pub(super) image: &'a Image,
    /// As it was asked for.
    pub(super) name: &'a str,
    pub(super) token: &'a Token,
    /// Such as `linux/arm64`.
    pub(super) wanted: String,
    pub(super) deadline: Instant,
}

/// An index (`manifests`) or the manifest of one image (`config` and `layers`).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Manifest {
    manifests: Vec<Descriptor>,
    config: Option<Descriptor>,
    layers: Vec<Descriptor>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Descriptor {
    digest: String,
    platform: Option<Platform>,
}

/// Of an index' entry, and of an image's configuration.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Platform {
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

impl Pull<'_> {
    pub(super) async fn run(&self) -> (Found<ManifestAnswer>, Found<LayerAnswer>) {
        let place = self.place("manifests", &self.image.reference);
        let nothing = |why: &str| Err(Missed::new(&place, why));
        let measured = match self.manifest(&self.image.reference).await {
            Ok(measured) => measured,
            Err(missed) => return (Err(missed), nothing("the manifest could not be asked for")),
        };
        let Ended::Answered(status) = measured.reach.ended else {
            let why = measured.reach.to_string();
            return (Err(Missed::new(&place, &*why)), nothing(&why));
        };
        if status != 200 {
            let (answer, text) = refusal(status, &measured.body);
            let found = Ok((self.answer(answer, None), Source::new(&*place, reach::now(), text)));
            return (found, nothing("there is no manifest to name a layer"));
        }
        let manifest = ask::body(&place, &measured).and_then(|body| read(&place, body));
        let manifest = match manifest {
            Ok(manifest) => manifest,
            Err(missed) => return (Err(missed), nothing("the manifest could not be read")),
        };
        let (platforms, layer) =
            tokio::join!(self.platforms(&manifest), self.layer(&place, &manifest));
        let text = format!("HTTP 200\nplatforms: {}", platforms.join(", "));
        let answer = Answer { status, ..Answer::default() };
        let answer = self.answer(answer, Some(ImageManifest { platforms }));
        (Ok((answer, Source::new(&*place, reach::now(), text))), layer)
    }

    fn answer(&self, answer: Answer, manifest: Option<ImageManifest>) -> ManifestAnswer {
        let (image, wanted) = (self.name.to_owned(), self.wanted.clone());
        ManifestAnswer { image, wanted, answer, manifest }
    }

    /// An image without an index names its platform in its configuration only.
    async fn platforms(&self, manifest: &Manifest) -> Vec<String> {
        if let Some(config) = &manifest.config {
            return self.configured(&config.digest).await.into_iter().collect();
        }
        let mut platforms = Vec::new();
        for platform in manifest.manifests.iter().filter_map(Descriptor::platform) {
            if !platforms.contains(&platform) {
                platforms.push(platform);
            }
        }
        platforms
    }

    /// `None` leaves the platform unknown, which is what it is then.
    async fn configured(&self, digest: &str) -> Option<String> {
        let place = self.place("blobs", digest);
        let (measured, _) = self.blob(Method::GET, digest, "bytes=0-").await.ok()?;
        let partial = measured.reach.ended == Ended::Answered(206) && !measured.truncated;
        let body = ask::body(&place, &measured).ok().or(partial.then_some(&measured.body[..]))?;
        serde_json::from_slice::<Platform>(body).ok()?.text()
    }

    async fn layer(&self, place: &str, manifest: &Manifest) -> Found<LayerAnswer> {
        if let Some(layer) = manifest.layers.first() {
            return self.first_byte(&layer.digest).await;
        }
        let wanted = |it: &&Descriptor| it.platform().as_deref() == Some(&*self.wanted);
        let Some(entry) = manifest.manifests.iter().find(wanted) else {
            return Err(Missed::new(place, format!("names no image for {}", self.wanted)));
        };
        let place = self.place("manifests", &entry.digest);
        let measured = self.manifest(&entry.digest).await?;
        let manifest = read(&place, ask::body(&place, &measured)?)?;
        match manifest.layers.first() {
            Some(layer) => self.first_byte(&layer.digest).await,
            None => Err(Missed::new(&place, "names no layer")),
        }
    }

    /// HEAD costs nothing, but registries answer it themselves, or redirect to an URL that is
    /// signed for GET. So where it does not come through to the layer host, GET settles it, for one
    /// byte.
    async fn first_byte(&self, digest: &str) -> Found<LayerAnswer> {
        let place = self.place("blobs", digest);
        let through = |(measured, redirected): &(Measured, bool)| {
            *redirected && matches!(measured.reach.ended, Ended::Answered(200..300))
        };
        let mut came = self.blob(Method::HEAD, digest, "").await?;
        if !through(&came) {
            came = self.blob(Method::GET, digest, "bytes=0-0").await?;
        }
        let (Measured { reach, .. }, redirected) = came;
        let text = reach.to_string();
        let answer = LayerAnswer { image: self.name.to_owned(), reach, redirected };
        Ok((answer, Source::new(place, reach::now(), text)))
    }

    /// Follows one redirect, by https and without the registry's password. Whether it was
    /// redirected comes with the last answer.
    async fn blob(
        &self,
        method: Method,
        digest: &str,
        range: &str,
    ) -> Result<(Measured, bool), Missed> {
        let place = self.place("blobs", digest);
        let missed = |error: reach::Error| Missed::new(&place, error.to_string());
        let ranged = |request: Request| match range {
            "" => Ok(request),
            range => request.header("range", range),
        };
        let request = self.request(method.clone(), "blobs", digest).and_then(ranged);
        let measured = self.net.measure(&request.map_err(missed)?, self.deadline).await;
        let Ended::Answered(300..400) = measured.reach.ended else { return Ok((measured, false)) };
        let location = measured.headers.get("location").and_then(|it| it.to_str().ok());
        let Some(location) = location.filter(|it| it.starts_with("https://")) else {
            return Err(Missed::new(&place, "redirects to no https URL"));
        };
        let request = Request::new(method, location).and_then(ranged).map_err(missed)?;
        Ok((self.net.measure(&request, self.deadline).await, true))
    }

    async fn manifest(&self, reference: &str) -> Result<Measured, Missed> {
        let request = self
            .request(Method::GET, "manifests", reference)
            .and_then(|it| it.header("accept", ACCEPT))
            .map_err(|error| Missed::new(&self.place("manifests", reference), error.to_string()))?;
        Ok(self.net.measure(&request.max_body(MANIFEST_LIMIT), self.deadline).await)
    }

    fn request(&self, method: Method, kind: &str, name: &str) -> Result<Request, reach::Error> {
        self.token.authorize(Request::new(method, &self.url(kind, name))?)
    }

    fn url(&self, kind: &str, name: &str) -> String {
        format!("https://{}/v2/{}/{kind}/{name}", self.image.host, self.image.repository)
    }

    fn place(&self, kind: &str, name: &str) -> String {
        format!("GET {}", self.url(kind, name))
    }
}

impl Descriptor {
    fn platform(&self) -> Option<String> {
        self.platform.as_ref().and_then(Platform::text)
    }
}

impl Platform {
    fn text(&self) -> Option<String> {
        let text = format!("{}/{}", self.os, self.architecture);
        let named = !self.os.is_empty() && !self.architecture.is_empty() && text != NO_PLATFORM;
        named.then_some(text)
    }
}

/// Its digests become parts of paths, so all of them must be digests.
fn read(place: &str, body: &[u8]) -> Result<Manifest, Missed> {
    let manifest: Manifest = serde_json::from_slice(body)
        .map_err(|_| Missed::new(place, "the answer is not a manifest"))?;
    let Manifest { manifests, config, layers } = &manifest;
    let mut all = manifests.iter().chain(config).chain(layers);
    if !all.all(|it| is_digest(&it.digest)) {
        return Err(Missed::new(place, "the manifest names a digest that is none"));
    }
    Ok(manifest)
}

fn refusal(status: u16, body: &[u8]) -> (Answer, String) {
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
