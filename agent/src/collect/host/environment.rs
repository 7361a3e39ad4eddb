//! The variables that systemd gives the kubelet: of the system, of its unit, of the files it names.
//!
//! They may hold passwords, so they are not kept: of proxies hosts and ports, of a workload's
//! identity the names alone.

use std::path::Path;

use diagnosis::document::systemd::{self, Settings};
use diagnosis::facts::NodeProxy;
use diagnosis::os::{self, Image};
use zeroize::Zeroizing;

use super::files;
use crate::collect::ask::{Found, Missed};

const SYSTEM: &str = "/etc/systemd/system.conf";
const FOLDERS: [&str; 3] =
    ["/usr/lib/systemd/system", "/run/systemd/system", "/etc/systemd/system"];

/// A service's identity, which no kubelet has; the container ones are of Pod Identity.
const IDENTITY: [&str; 3] =
    ["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];

/// Never shown: no `Debug`, no `Serialize`.
pub(super) struct Environment {
    /// In the order of their weight: a later one stands.
    variables: Vec<Variable>,
    /// Of the kubelet's command line, its variables filled in.
    pub(super) flags: Vec<String>,
}

struct Variable {
    name: String,
    value: Zeroizing<String>,
    place: String,
}

/// A node without a unit for its kubelet is not seen.
pub(super) fn read(root: &Path, images: &[&'static Image]) -> Result<Environment, Missed> {
    let mut it = Environment { variables: Vec::new(), flags: Vec::new() };
    let system = std::iter::once(SYSTEM.to_owned());
    for place in system.chain(files::folder(root, &format!("{SYSTEM}.d"), ".conf")) {
        if let Ok(text) = files::read(root, &place) {
            it.take(&place, systemd::settings(&text).variables);
        }
    }
    let (mut seen, mut arguments, mut named) = (false, Vec::new(), Vec::new());
    for unit in os::places(images, |it| Some(it.kubelet_unit)) {
        for place in unit_files(root, unit) {
            let Ok(text) = files::read(root, &place) else { continue };
            let Settings { variables, files, arguments: start } = systemd::settings(&text);
            seen = true;
            it.take(&place, variables);
            named.extend(files);
            if !start.is_empty() {
                arguments = start;
            }
        }
    }
    let known = os::places(images, |it| it.proxy).into_iter().map(str::to_owned);
    for place in named.into_iter().chain(known) {
        if let Ok(text) = files::read(root, &place) {
            seen = true;
            it.take(&place, systemd::variables(&text));
        }
    }
    if !seen {
        return Err(Missed::new(FOLDERS[2], "no unit of a kubelet is seen here"));
    }
    it.flags = it.filled(&arguments);
    Ok(it)
}

/// The unit itself, then its drop-ins.
fn unit_files(root: &Path, unit: &str) -> Vec<String> {
    let own = FOLDERS.map(|folder| format!("{folder}/{unit}.service"));
    let drop_ins = FOLDERS.map(|folder| format!("{folder}/{unit}.service.d"));
    let drop_ins = drop_ins.iter().flat_map(|folder| files::folder(root, folder, ".conf"));
    own.into_iter().chain(drop_ins).collect()
}

impl Environment {
    fn take(&mut self, place: &str, variables: Vec<(String, String)>) {
        self.variables.extend(variables.into_iter().map(|(name, value)| Variable {
            name,
            value: Zeroizing::new(value),
            place: place.to_owned(),
        }));
    }

    fn get(&self, names: &[&str]) -> Option<&Variable> {
        self.variables.iter().rev().find(|it| names.contains(&&*it.name))
    }

    /// Where the unit's programs are looked for.
    pub(super) fn path(&self) -> Option<&str> {
        self.get(&["PATH"]).map(|it| it.value.as_str())
    }

    /// A variable of arguments stands for several.
    fn filled(&self, arguments: &[String]) -> Vec<String> {
        let fill = |argument: &String| {
            let name = argument.trim_start_matches('$').trim_matches(['{', '}']);
            match self.get(&[name]).filter(|_| argument.starts_with('$')) {
                Some(it) => systemd::words(&it.value),
                None => vec![argument.clone()],
            }
        };
        arguments.iter().flat_map(fill).collect()
    }
}

pub(super) fn proxy(environment: Result<&Environment, &Missed>) -> Found<NodeProxy> {
    let it = environment.map_err(again)?;
    let http = it.get(&["HTTP_PROXY", "http_proxy"]).filter(|it| !it.value.is_empty());
    let https = it.get(&["HTTPS_PROXY", "https_proxy"]).filter(|it| !it.value.is_empty());
    let exempt = it.get(&["NO_PROXY", "no_proxy"]);
    let exempt: Vec<String> = exempt.map(|it| entries(&it.value)).unwrap_or_default();
    let proxy = NodeProxy {
        http: http.map(|it| address(&it.value)),
        https: https.map(|it| address(&it.value)),
        exempt,
    };
    let set = |name: &str, value: &Option<String>| {
        value.as_ref().map(|it| format!("{name}={it}\n")).unwrap_or_default()
    };
    let text = format!(
        "{}{}NO_PROXY={}",
        set("HTTP_PROXY", &proxy.http),
        set("HTTPS_PROXY", &proxy.https),
        proxy.exempt.join(",")
    );
    let place = http.or(https).map_or(FOLDERS[2], |it| &it.place);
    Ok((proxy, files::source(place, text)))
}

pub(super) fn web_identity(environment: Result<&Environment, &Missed>) -> Found<Vec<String>> {
    let it = environment.map_err(again)?;
    let found: Vec<&Variable> = IDENTITY.iter().filter_map(|name| it.get(&[name])).collect();
    let names: Vec<String> = found.iter().map(|it| it.name.clone()).collect();
    let place = found.first().map_or(FOLDERS[2], |it| &it.place);
    let text = if names.is_empty() { "none".to_owned() } else { names.join("\n") };
    Ok((names, files::source(place, text)))
}

fn again(missed: &Missed) -> Missed {
    Missed { why: missed.why.clone(), source: missed.source.clone() }
}

/// Host and port of `http://user:password@host:port/`: what stands before them may be a secret.
fn address(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    rest[..end].chars().filter(|it| !it.is_control()).take(200).collect()
}

fn entries(value: &str) -> Vec<String> {
    let entries = value.split([',', ' ']).map(str::trim).filter(|it| !it.is_empty());
    entries.map(|it| address(it).trim_start_matches('/').to_owned()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn root(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn a_later_place_stands_and_no_password_is_kept() {
        let root = root(&[
            (
                "etc/systemd/system.conf.d/environment.conf",
                "[Manager]\nDefaultEnvironment=\"HTTP_PROXY=http://first:1\"\nDefaultEnvironment=\"NO_PROXY=localhost,169.254.169.254\"\n",
            ),
            (
                "etc/systemd/system/kubelet.service",
                "[Service]\nEnvironmentFile=/etc/eks/kubelet/environment\nExecStart=/usr/bin/kubelet --config /x $NODEADM_KUBELET_ARGS\n",
            ),
            (
                "etc/systemd/system/kubelet.service.d/environment.conf",
                "[Service]\nEnvironment=\"HTTP_PROXY=http://user:pl%40nted@proxy:3128/\" AWS_ROLE_ARN=planted\n",
            ),
            (
                "etc/eks/kubelet/environment",
                "NODEADM_KUBELET_ARGS=\"--max-pods=29 --hostname-override=a\"\n",
            ),
        ]);
        let it = read(root.path(), &[&os::AL2023]).ok().unwrap();
        assert_eq!(it.flags, ["--config", "/x", "--max-pods=29", "--hostname-override=a"]);
        let (proxy, source) = proxy(Ok(&it)).ok().unwrap();
        assert_eq!(proxy.http.as_deref(), Some("proxy:3128"));
        assert_eq!(proxy.exempt, ["localhost", "169.254.169.254"]);
        assert_eq!(source.place, "/etc/systemd/system/kubelet.service.d/environment.conf");
        assert_eq!(source.text, "HTTP_PROXY=proxy:3128\nNO_PROXY=localhost,169.254.169.254");
        let (names, source) = web_identity(Ok(&it)).ok().unwrap();
        assert_eq!(names, ["AWS_ROLE_ARN"]);
        assert!(!source.text.contains("planted"));
    }

    #[test]
    fn without_a_kubelet_s_unit_nothing_is_said() {
        let root = root(&[("etc/systemd/system.conf", "[Manager]\n")]);
        assert!(read(root.path(), &os::ALL).is_err());
    }

    #[test]
    fn of_an_address_only_host_and_port_are_left() {
        for (url, left) in [
            ("http://user:p@ss@proxy.corp:3128/path", "proxy.corp:3128"),
            ("proxy:80", "proxy:80"),
            ("http://proxy?token=planted", "proxy"),
            ("", ""),
        ] {
            assert_eq!(address(url), left, "{url}");
        }
    }
}
