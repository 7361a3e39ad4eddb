//! What pulling an image needs: the ECR API, the registry, and the S3 host that serves layers.

use std::env::consts::ARCH;
use std::time::Duration;

use diagnosis::aws::{Service, Variant};
use diagnosis::facts::{Answer, Instance, LayerAnswer, ManifestAnswer, Observed, Reach};
use reach::{Method, Net, Request};
use tokio::time::Instant;

pub(super) use self::image::is_region;
use self::image::{Ecr, Image};
use self::pull::Pull;
use super::Options;
use super::ask::{self, Missed, observed};
use super::endpoints::Home;

mod image;
mod manifest;
mod pull;
mod token;

/// Four phases of three seconds each is what one endpoint can take at the worst.
const LIMIT: Duration = Duration::from_secs(12);

const ECR: &str = "Amazon ECR";

pub(super) struct Registry {
    pub(super) ecr_api: Observed<Reach>,
    pub(super) host: Observed<Reach>,
    pub(super) layer_host: Observed<Reach>,
    pub(super) ecr_token: Observed<Answer>,
    pub(super) manifest: Observed<ManifestAnswer>,
    pub(super) layer: Observed<LayerAnswer>,
}

/// Which hosts these are depends on region and account: those of the image, else of the options,
/// else of the `instance`, for which others are still asking.
pub(super) async fn look(
    net: &Net,
    options: &Options,
    instance: impl AsyncFn() -> Observed<Instance>,
    deadline: Instant,
) -> Registry {
    let image = options.image.as_deref().map(|name| (name, ecr_image(name)));
    let host = image.as_ref().and_then(|(_, image)| Some(&*image.as_ref().ok()?.host));
    let home = match (host.and_then(Ecr::of), &options.region) {
        (Some(ecr), _) => Home::of(ecr.region, ""),
        (None, Some(region)) => Home::of(region, ""),
        (None, None) => known(&instance().await).and_then(|it| Home::of(&it.region, &it.domain)),
    };
    let endpoints = async {
        match &home {
            Ok(home) => {
                let deadline = ask::within(LIMIT, deadline);
                endpoints(net, home, options.variant, host, &instance, deadline).await
            }
            Err(why) => [(); 3].map(|()| missed(why)),
        }
    };
    let pull = async {
        match &image {
            None => (Observed::Skipped, Observed::Skipped, Observed::Skipped),
            Some((_, Err(why))) => (missed(why), missed(why), missed(why)),
            Some((name, Ok(image))) => match &home {
                Ok(home) => {
                    pull(net, (home, options.variant), name, image, &instance, deadline).await
                }
                Err(why) => (missed(why), missed(why), missed(why)),
            },
        }
    };
    let ([ecr_api, host, layer_host], (ecr_token, manifest, layer)) = tokio::join!(endpoints, pull);
    Registry { ecr_api, host, layer_host, ecr_token, manifest, layer }
}

/// ECR API, registry and layer host, in this order.
async fn endpoints(
    net: &Net,
    home: &Home,
    variant: Variant,
    host: Option<&str>,
    instance: &impl AsyncFn() -> Observed<Instance>,
    deadline: Instant,
) -> [Observed<Reach>; 3] {
    let registry = async {
        let host = match host {
            Some(host) => Ok(host.to_owned()),
            None => known(&instance().await)
                .map(|it| Service::Registry.host(&home.place(&it.account_id), variant)),
        };
        match host {
            Ok(host) => endpoint(net, Method::GET, &format!("https://{host}/v2/"), deadline).await,
            Err(why) => missed(&why),
        }
    };
    let url = |service: Service| format!("https://{}/", service.host(&home.place(""), variant));
    let (api, layers) = (url(Service::EcrApi), url(Service::Layers));
    let (api, registry, layers) = tokio::join!(
        endpoint(net, Method::GET, &api, deadline),
        registry,
        endpoint(net, Method::HEAD, &layers, deadline),
    );
    [api, registry, layers]
}

async fn endpoint(net: &Net, method: Method, url: &str, deadline: Instant) -> Observed<Reach> {
    let place = format!("{method} {url}");
    ask::reach(net, &place, Request::new(method, url), deadline).await
}

async fn pull(
    net: &Net,
    (home, variant): (&Home, Variant),
    name: &str,
    image: &Image,
    instance: &impl AsyncFn() -> Observed<Instance>,
    deadline: Instant,
) -> (Observed<Answer>, Observed<ManifestAnswer>, Observed<LayerAnswer>) {
    let (answer, token) = token::ask(net, &home.region, variant, deadline).await;
    let Some(token) = token else {
        let why = "there is no token for the registry";
        return (observed(answer), missed(why), missed(why));
    };
    let wanted = platform(known(&instance().await).ok().map(|it| it.architecture));
    let pull = Pull { net, image, name, token: &token, wanted, deadline };
    let (manifest, layer) = pull.run().await;
    (observed(answer), observed(manifest), observed(layer))
}

fn ecr_image(name: &str) -> Result<Image, String> {
    let image = Image::parse(name).map_err(|why| format!("`{name}` {why}"))?;
    if Ecr::of(&image.host).is_none() {
        return Err(format!(
            "`{}` is no private registry of {ECR}; only those can be looked into",
            image.host
        ));
    }
    Ok(image)
}

pub(super) fn known(instance: &Observed<Instance>) -> Result<Instance, String> {
    match instance {
        Observed::Seen { value, .. } => Ok(value.clone()),
        Observed::Failed { why, .. } => Err(format!("the region is not known: {why}")),
        Observed::Skipped => Err("the region is not known".to_owned()),
    }
}

fn missed<T>(why: &str) -> Observed<T> {
    observed(Err(Missed::new(ECR, why)))
}

/// The node's architecture as images spell it; this program runs on the node, so its own will do.
fn platform(architecture: Option<String>) -> String {
    let architecture = architecture.filter(|it| !it.is_empty()).unwrap_or_else(|| ARCH.to_owned());
    format!(
        "linux/{}",
        match &*architecture {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_spelled_as_images_spell_it() {
        assert_eq!(platform(Some("x86_64".to_owned())), "linux/amd64");
        assert_eq!(platform(Some("arm64".to_owned())), "linux/arm64");
        assert!(platform(None).starts_with("linux/"));
    }

    #[test]
    fn an_image_from_elsewhere_says_why_it_is_not_looked_into() {
        let why = ecr_image("nginx").unwrap_err();
        assert!(why.starts_with("`docker.io` is no private registry"), "{why}");
    }
}
