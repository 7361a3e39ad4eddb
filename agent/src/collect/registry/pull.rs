//! What a container runtime asks for an image, up to the first byte of one layer.

use diagnosis::facts::{Answer, Ended, ImageManifest, LayerAnswer, ManifestAnswer, Source};
use reach::{Measured, Method, Net, Request};
use tokio::time::Instant;

use super::image::Image;
use super::manifest::{Descriptor, Manifest, Platform, read, refusal};
use super::token::Token;
use crate::collect::ask::{self, Found, Missed};

const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json";

/// Registries take manifests of up to 4 MiB; a real one has some kilobytes.
const MANIFEST_LIMIT: usize = 1024 * 1024;

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
        let (measured, _) = self.blob(Method::GET, digest, None).await.ok()?;
        let body = ask::body(&self.place("blobs", digest), &measured).ok()?;
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
    /// signed for GET. What is not settled by it is settled as a runtime does it, for one byte.
    async fn first_byte(&self, digest: &str) -> Found<LayerAnswer> {
        let place = self.place("blobs", digest);
        let mut came = self.blob(Method::HEAD, digest, None).await?;
        let (Measured { reach, .. }, redirected) = &came;
        if !redirected || matches!(reach.ended, Ended::Answered(300..)) {
            came = self.blob(Method::GET, digest, Some("bytes=0-0")).await?;
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
        range: Option<&str>,
    ) -> Result<(Measured, bool), Missed> {
        let place = self.place("blobs", digest);
        let missed = |error: reach::Error| Missed::new(&place, error.to_string());
        let ranged = |request: Request| match range {
            None => Ok(request),
            Some(range) => request.header("range", range),
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
