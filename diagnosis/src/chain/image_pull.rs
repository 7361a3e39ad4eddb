//! From an image's name to its layers on the node.

use super::{Chain, Link, Way};
use crate::aws::partition_of_region;
use crate::pattern::{self, Names};

mod ecr_api_endpoint;
mod image_reference;
mod layer;
mod layer_endpoint;
mod manifest;
mod platform;
mod pull_rate;
mod registry_credentials;
mod registry_endpoint;

pub static CHAIN: Chain = Chain {
    id: "image-pull",
    title: "registry to node",
    links: &[
        &image_reference::LINK,
        &ecr_api_endpoint::LINK,
        &registry_endpoint::LINK,
        &layer_endpoint::LINK,
        &registry_credentials::LINK,
        &pull_rate::LINK,
        &manifest::LINK,
        &platform::LINK,
        &layer::LINK,
    ],
};

/// Where the lines of a pull name the image; the cause in the same line seldom does.
const IMAGE: &[&str] = &[
    "ull image \"<image>\"",
    "resolve reference \"<image>\"",
    "and unpack image \"<image>\"",
    "fetch image \"<image>\"",
    "resolve ref <image>: ",
];

/// Only a pull words it so; then a host that no other link claims is a registry's.
const PULL: &[&str] = &[
    "failed to do request",
    "ull image",
    "resolve reference",
    "resolve image",
    "failed to fetch",
    "/v2/",
];

/// A registry's refusal, as a runtime tells it.
const DENIED: &[&str] = &["pull access denied for ", "denied: User: ", "ull image "];

/// That no policy of the identity allows the call.
fn allows(way: &Way) -> bool {
    (way.0.id, way.1.id) == ("permissions", "action-not-allowed")
}

/// Which service of AWS the link is about, in the words of the account's paths.
pub(crate) fn service(link: &Link) -> Option<&'static str> {
    let is = |it: &'static Link| std::ptr::eq(link, it);
    match () {
        () if is(&ecr_api_endpoint::LINK) => Some("ECR API"),
        () if is(&registry_endpoint::LINK) => Some("ECR registry"),
        () if is(&layer_endpoint::LINK) => Some("S3 (image layers)"),
        () => None,
    }
}

/// Completes what a record says of a pull with the image that it speaks of, and blames the
/// spelling where no registry can have that host.
pub(crate) fn named(text: &str, ways: &mut [Way], names: &mut Names) {
    if PULL.iter().any(|it| text.contains(it)) {
        for Way(link, fault) in ways.iter_mut() {
            let listed = registry_endpoint::LINK.faults.iter().any(|it| std::ptr::eq(*it, *fault));
            if link.id == "destination-endpoint" && listed {
                *link = &registry_endpoint::LINK;
            }
        }
    }
    // A pull's own identity is the node's, whatever session the registry names.
    let ecr = names.get("action").is_some_and(|it| it.starts_with("ecr:"));
    if ecr && DENIED.iter().any(|it| text.contains(it)) && ways.iter().all(allows) {
        ways.fill(Way(&manifest::LINK, &manifest::PULL_DENIED));
        if let Some(role) = names.remove("role") {
            names.insert("node-role", role);
        }
    }
    let ours = |way: &Way| CHAIN.links.iter().any(|link| std::ptr::eq(*link, way.0));
    if ways.is_empty() || !ways.iter().all(ours) {
        return;
    }
    let read = |pattern: &&'static str| pattern::read(pattern, text)?.1.remove("image");
    if let Some(image) = names.remove("image").or_else(|| IMAGE.iter().find_map(read)) {
        parts(image.trim_matches(['\\', '"', '\'']), names);
    }
    let host = names.get("host").is_some_and(|host| image_reference::misspelt(host));
    if host && ways.iter().all(|way| std::ptr::eq(way.0, &raw const registry_endpoint::LINK)) {
        ways.fill(Way(&image_reference::LINK, &image_reference::HOST_MISSPELT));
    }
}

/// What the sign itself has read stays.
fn parts(image: &str, names: &mut Names) {
    let mut put = |name, value: &str| {
        names.entry(name).or_insert_with(|| value.to_owned());
    };
    let (host, path) = image.split_once('/').unwrap_or(("", image));
    let path = path.split_once('@').map_or(path, |(path, _)| path);
    put("image", image);
    put("repository", path.rsplit_once(':').map_or(path, |(path, _)| path));
    if host.contains('.') {
        put("host", host);
    }
    let meant = || host.split_once(".ecr.").filter(|_| image_reference::misspelt(host));
    if let Some((registry, rest)) = host.split_once(".dkr.ecr.").or_else(meant) {
        put("registry", registry);
        let region = rest.split('.').next().unwrap_or_default();
        put("region", region);
        put("partition", partition_of_region(region).id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_image_of_the_record_completes_the_fix() {
        let text = "Failed to pull image \"111122223333.dkr.ecr.us-west-2.amazonaws.com/team/api:1.4\": manifest unknown";
        let (mut ways, mut names) =
            (vec![Way(&manifest::LINK, &manifest::NOT_FOUND)], Names::new());
        named(text, &mut ways, &mut names);
        assert_eq!(names["repository"], "team/api");
        assert_eq!((&*names["registry"], &*names["region"]), ("111122223333", "us-west-2"));
        // A line of another chain keeps its own names.
        let link = crate::chain::irsa::CHAIN.links[0];
        let mut other = vec![Way(link, link.faults[0])];
        let mut names = Names::new();
        named(text, &mut other, &mut names);
        assert!(names.is_empty());
    }
}
