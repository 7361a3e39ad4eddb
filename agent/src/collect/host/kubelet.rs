//! The kubelet's configuration as it is in force, its release, and the node's swap.

use std::path::Path;

use diagnosis::document::kubelet;
use diagnosis::facts::KubeletConfig;
use diagnosis::os::{self, Image};

use super::environment::Environment;
use super::files;
use crate::collect::ask::{Found, Missed};

pub(super) fn read(
    root: &Path,
    images: &[&'static Image],
    environment: Option<&Environment>,
) -> Found<KubeletConfig> {
    let places = os::places(images, |it| Some(it.kubelet_config));
    let (place, text) = files::first(root, &places)?;
    let drop_ins = images.iter().filter(|it| it.kubelet_config == place);
    let drop_ins = drop_ins.filter_map(|it| it.kubelet_drop_ins);
    let drop_ins = drop_ins.flat_map(|folder| files::folder(root, folder, ".conf"));
    let mut all = vec![text.to_string()];
    all.extend(drop_ins.filter_map(|it| Some(files::read(root, &it).ok()?.to_string())));
    let flags = environment.map(|it| it.flags.as_slice()).unwrap_or_default();
    let it = kubelet::config(&all, flags).map_err(|why| Missed::new(place, why))?;
    let release = os::places(images, |it| it.kubelet_version);
    let release = files::first(root, &release).ok().map(|(_, text)| text.trim().to_owned());
    let version = release.map(|it| if it.starts_with('v') { it } else { format!("v{it}") });
    let it = KubeletConfig { version, ..it };
    let text = told(&it);
    Ok((it, files::source(place, text)))
}

/// What links may quote.
fn told(it: &KubeletConfig) -> String {
    let mut lines = Vec::new();
    let mut put = |name: &str, value: Option<String>| {
        lines.extend(value.map(|it| format!("{name}: {it}")));
    };
    put("maxPods", it.max_pods.map(|it| it.to_string()));
    put("clusterDNS", (!it.cluster_dns.is_empty()).then(|| it.cluster_dns.join(", ")));
    put("providerID", it.provider_id.clone());
    put("hostname-override", it.hostname_override.clone());
    let taints = &it.register_with_taints;
    put("registerWithTaints", (!taints.is_empty()).then(|| taints.join(", ")));
    put("failSwapOn", it.fail_swap_on.map(|it| it.to_string()));
    put("release", it.version.clone());
    lines.join("\n")
}

/// A header, and a line for each swap that is in use.
pub(super) fn swap(root: &Path) -> Found<bool> {
    const PLACE: &str = "/proc/swaps";
    let text = files::read(root, PLACE)?;
    let on = text.lines().skip(1).any(|it| !it.trim().is_empty());
    Ok((on, files::source(PLACE, text.trim_end())))
}
