//! The kubelet's kubeconfig: which cluster it is of, and what makes its tokens.

use std::path::Path;

use diagnosis::document::kubelet::{self, Ca};
use diagnosis::facts::Kubeconfig;
use diagnosis::os::{self, Image};

use super::environment::Environment;
use super::files;
use crate::collect::ask::{Found, Missed};
use crate::collect::fingerprint;

/// systemd's own, where the unit says nothing else.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

pub(super) fn read(
    root: &Path,
    images: &[&'static Image],
    environment: Option<&Environment>,
) -> Found<Kubeconfig> {
    let places = os::places(images, |it| Some(it.kubeconfig));
    let (place, text) = files::first(root, &places)?;
    let (it, ca) = kubelet::kubeconfig(&text).map_err(|why| Missed::new(place, why))?;
    let pem = match ca {
        Some(Ca::Pem(pem)) => Some(pem),
        Some(Ca::File(path)) => files::read(root, &path).ok().map(|it| it.to_string()),
        None => None,
    };
    let it = Kubeconfig {
        ca_sha256: pem.and_then(|it| fingerprint(&it)),
        command_found: it.command.as_deref().and_then(|it| found(root, it, environment)),
        ..it
    };
    let line = |name: &str, value: &Option<String>| {
        value.as_ref().map(|it| format!("{name}: {it}\n")).unwrap_or_default()
    };
    let text = format!(
        "server: {}\n{}{}{}",
        it.server,
        line("command", &it.command),
        line("cluster-name", &it.cluster),
        line("region", &it.region)
    );
    Ok((it, files::source(place, text)))
}

/// Where the kubelet's unit looks; `None` where one of these places cannot be seen.
fn found(root: &Path, command: &str, environment: Option<&Environment>) -> Option<bool> {
    if command.contains('/') {
        return files::exists(root, command);
    }
    let path = environment.and_then(Environment::path).unwrap_or(PATH);
    let mut unseen = false;
    for folder in path.split(':').filter(|it| it.starts_with('/')) {
        match files::exists(root, &format!("{folder}/{command}")) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unseen = true,
        }
    }
    // A container may see the kubelet's folder, but not the programs of its node.
    let host = files::exists(root, "/usr/bin") == Some(true);
    (!unseen && host && environment.is_some()).then_some(false)
}
