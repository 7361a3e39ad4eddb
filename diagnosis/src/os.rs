//! Where each node image keeps its files, and what it calls its units: the one place that knows.
//!
//! Collectors read these paths, inputs and fixes print them. An image that is not known is looked
//! at in every known place, and says so.

use crate::facts::Os;

/// One node image. Paths are absolute, as the node itself sees them.
#[derive(Debug)]
pub struct Image {
    pub id: &'static str,
    /// As people call it.
    pub name: &'static str,
    pub kubeconfig: &'static str,
    pub kubelet_config: &'static str,
    /// A folder of files that are laid over the configuration, in the order of their names.
    pub kubelet_drop_ins: Option<&'static str>,
    /// The file with variables for the kubelet's unit.
    pub kubelet_environment: &'static str,
    /// The cluster's CA.
    pub ca: &'static str,
    /// Where the kubelet keeps the certificate that it serves with, and its key.
    pub kubelet_pki: &'static str,
    pub runtime_socket: &'static str,
    pub runtime_config: &'static str,
    pub credential_provider: &'static str,
    pub cni_config: &'static str,
    /// How many pods each instance type may have, where the image has a list.
    pub max_pods: Option<&'static str>,
    /// Variables that every service is given, in the form `NAME=value`.
    pub proxy: Option<&'static str>,
    /// The kubelet's release, as a file.
    pub kubelet_version: Option<&'static str>,
    pub kubelet_unit: &'static str,
    pub runtime_unit: &'static str,
    /// What configures and starts the kubelet, in the order of the boot.
    pub bootstrap_units: &'static [&'static str],
    /// How its journal is read.
    pub journal: &'static str,
    /// Where all of this was read.
    pub source: &'static str,
}

const PKI: &str = "/var/lib/kubelet/pki";
const CA: &str = "/etc/kubernetes/pki/ca.crt";
const SOCKET: &str = "/run/containerd/containerd.sock";
const RUNTIME_CONFIG: &str = "/etc/containerd/config.toml";
const CNI_CONFIG: &str = "/etc/cni/net.d/10-aws.conflist";
const KUBECONFIG: &str = "/var/lib/kubelet/kubeconfig";

pub static AL2023: Image = Image {
    id: "al2023",
    name: "Amazon Linux 2023",
    kubeconfig: KUBECONFIG,
    kubelet_config: "/etc/kubernetes/kubelet/config.json",
    kubelet_drop_ins: Some("/etc/kubernetes/kubelet/config.json.d"),
    kubelet_environment: "/etc/eks/kubelet/environment",
    ca: CA,
    kubelet_pki: PKI,
    runtime_socket: SOCKET,
    runtime_config: RUNTIME_CONFIG,
    credential_provider: "/etc/eks/image-credential-provider/config.json",
    cni_config: CNI_CONFIG,
    max_pods: None,
    proxy: None,
    kubelet_version: Some("/etc/eks/kubelet-version.txt"),
    kubelet_unit: "kubelet",
    runtime_unit: "containerd",
    bootstrap_units: &["nodeadm-config", "nodeadm-run", "cloud-final"],
    journal: "journalctl",
    source: "awslabs/amazon-eks-ami nodeadm/internal and templates/al2023, 2026-07",
};

pub static AL2: Image = Image {
    id: "al2",
    name: "Amazon Linux 2",
    kubeconfig: KUBECONFIG,
    kubelet_config: "/etc/kubernetes/kubelet/kubelet-config.json",
    kubelet_drop_ins: None,
    kubelet_environment: "/etc/systemd/system/kubelet.service.d/10-kubelet-args.conf",
    ca: CA,
    kubelet_pki: PKI,
    runtime_socket: SOCKET,
    runtime_config: RUNTIME_CONFIG,
    credential_provider: "/etc/eks/image-credential-provider/config.json",
    cni_config: CNI_CONFIG,
    max_pods: Some("/etc/eks/eni-max-pods.txt"),
    proxy: None,
    kubelet_version: None,
    kubelet_unit: "kubelet",
    runtime_unit: "containerd",
    bootstrap_units: &["cloud-final", "sandbox-image"],
    journal: "journalctl",
    source: "awslabs/amazon-eks-ami branch al2, templates/al2/runtime/bootstrap.sh, 2025-12",
};

pub static BOTTLEROCKET: Image = Image {
    id: "bottlerocket",
    name: "Bottlerocket",
    kubeconfig: "/etc/kubernetes/kubelet/kubeconfig",
    kubelet_config: "/etc/kubernetes/kubelet/config",
    kubelet_drop_ins: Some("/etc/kubernetes/kubelet/config.d"),
    kubelet_environment: "/etc/kubernetes/kubelet/env",
    ca: CA,
    kubelet_pki: PKI,
    runtime_socket: SOCKET,
    runtime_config: RUNTIME_CONFIG,
    credential_provider: "/etc/kubernetes/kubelet/credential-provider-config.yaml",
    cni_config: CNI_CONFIG,
    max_pods: Some("/usr/share/eks/eni-max-pods"),
    proxy: Some("/etc/network/proxy.env"),
    kubelet_version: None,
    kubelet_unit: "kubelet",
    runtime_unit: "containerd",
    bootstrap_units: &["early-boot-config", "sundog"],
    journal: "journalctl -D /.bottlerocket/rootfs/var/log/journal",
    source: "bottlerocket-os/bottlerocket-core-kit packages/kubernetes-1.30/kubelet-exec-start-conf",
};

pub static UBUNTU: Image = Image {
    id: "ubuntu",
    name: "Ubuntu",
    kubeconfig: KUBECONFIG,
    kubelet_config: "/etc/kubernetes/kubelet/kubelet-config.json",
    kubelet_drop_ins: None,
    kubelet_environment: "/etc/eks/kubelet/environment",
    ca: CA,
    kubelet_pki: PKI,
    runtime_socket: SOCKET,
    runtime_config: RUNTIME_CONFIG,
    credential_provider: "/etc/eks/image-credential-provider/config.json",
    cni_config: CNI_CONFIG,
    max_pods: Some("/etc/eks/eni-max-pods.txt"),
    proxy: None,
    kubelet_version: None,
    kubelet_unit: "snap.kubelet-eks.daemon",
    runtime_unit: "containerd",
    bootstrap_units: &["cloud-final"],
    journal: "journalctl",
    source: "https://documentation.ubuntu.com/aws/aws-how-to/kubernetes/deploy-ubuntu-eks/",
};

pub static ALL: [&Image; 4] = [&AL2023, &BOTTLEROCKET, &UBUNTU, &AL2];

/// `/etc/os-release`
pub fn release(text: &str) -> Os {
    let value = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_default().trim().trim_matches(['"', '\'']).to_owned()
    };
    Os { id: value("ID"), version: value("VERSION_ID"), name: value("PRETTY_NAME") }
}

/// By `ID` and `VERSION_ID` of its `os-release`.
pub fn image(os: &Os) -> Option<&'static Image> {
    Some(match (os.id.as_str(), os.version.as_str()) {
        ("amzn", "2023") => &AL2023,
        ("amzn", "2") => &AL2,
        ("bottlerocket", _) => &BOTTLEROCKET,
        ("ubuntu", _) => &UBUNTU,
        _ => return None,
    })
}

/// The known image, else every one: then its places are tried in turn.
pub fn images(os: Option<&Os>) -> &'static [&'static Image] {
    let known = os.and_then(image);
    let at = ALL.iter().position(|it| known.is_some_and(|known| std::ptr::eq(*it, known)));
    at.map_or(&ALL, |at| &ALL[at..=at])
}

/// Each place once, in the order of the images.
pub fn places(
    images: &[&'static Image],
    of: impl Fn(&'static Image) -> Option<&'static str>,
) -> Vec<&'static str> {
    let mut places = Vec::new();
    for place in images.iter().filter_map(|it| of(it)) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(id: &str, version: &str) -> Os {
        Os { id: id.to_owned(), version: version.to_owned(), ..Os::default() }
    }

    #[test]
    fn an_image_is_told_by_its_release_and_an_unknown_one_by_none() {
        for (id, version, image) in [
            ("amzn", "2023", Some("al2023")),
            ("amzn", "2", Some("al2")),
            ("bottlerocket", "1.26.1", Some("bottlerocket")),
            ("ubuntu", "24.04", Some("ubuntu")),
            ("amzn", "2030", None),
            ("rhel", "9.4", None),
            ("", "", None),
        ] {
            assert_eq!(super::image(&os(id, version)).map(|it| it.id), image, "{id} {version}");
        }
        assert_eq!(images(Some(&os("ubuntu", "22.04"))).len(), 1);
        assert_eq!(images(Some(&os("rhel", "9.4"))).len(), ALL.len());
        assert_eq!(images(None).len(), ALL.len());
    }

    #[test]
    fn a_release_is_read_from_its_file() {
        let text = "NAME=\"Amazon Linux\"\nVERSION=\"2023\"\nID=\"amzn\"\nID_LIKE=\"fedora\"\nVERSION_ID='2023'\nPRETTY_NAME=\"Amazon Linux 2023.8\"\n";
        let os = release(text);
        assert_eq!((os.id.as_str(), os.version.as_str()), ("amzn", "2023"));
        assert_eq!(os.name, "Amazon Linux 2023.8");
        assert_eq!(release(""), Os::default());
    }

    #[test]
    fn places_are_absolute_and_named_once() {
        let kubeconfigs = places(&ALL, |it| Some(it.kubeconfig));
        assert_eq!(kubeconfigs, [KUBECONFIG, "/etc/kubernetes/kubelet/kubeconfig"]);
        for it in ALL {
            let all = [it.kubeconfig, it.kubelet_config, it.ca, it.runtime_socket, it.cni_config];
            let some = [it.kubelet_drop_ins, it.max_pods, it.proxy, it.kubelet_version];
            for path in all.into_iter().chain(some.into_iter().flatten()) {
                assert!(path.starts_with('/') && !path.ends_with('/'), "{}: {path}", it.id);
            }
            assert!(!it.source.is_empty() && !it.bootstrap_units.is_empty(), "{}", it.id);
        }
    }
}
