//! Releases of the kubelet beside those of its API server.
//!
//! Source: <https://kubernetes.io/releases/version-skew-policy/>

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skew {
    Supported,
    Newer,
    TooOld,
}

/// How many minor releases a kubelet may be behind; two where it is older than 1.25.
const BEHIND: u32 = 3;
const BEHIND_BEFORE: (u32, u32) = (25, 2);

/// `None` where one of the two is no release of Kubernetes 1.
pub(super) fn skew(kubelet: &str, server: &str) -> Option<Skew> {
    let (kubelet, server) = (minor(kubelet)?, minor(server)?);
    let behind = if kubelet < BEHIND_BEFORE.0 { BEHIND_BEFORE.1 } else { BEHIND };
    Some(match server.checked_sub(kubelet) {
        None => Skew::Newer,
        Some(by) if by > behind => Skew::TooOld,
        Some(_) => Skew::Supported,
    })
}

/// Of `v1.34.1-eks-113cf36`, `1.34` and `1.34+`.
fn minor(version: &str) -> Option<u32> {
    let rest = version.strip_prefix('v').unwrap_or(version).strip_prefix("1.")?;
    let end = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kubelet_is_not_newer_and_three_releases_behind_at_most() {
        for (kubelet, server, expected) in [
            ("v1.34.1-eks-113cf36", "v1.34.0", Some(Skew::Supported)),
            ("v1.31.0", "1.34", Some(Skew::Supported)),
            ("v1.30.9", "v1.34.0-eks-1", Some(Skew::TooOld)),
            ("v1.24.0", "v1.27.0", Some(Skew::TooOld)),
            ("v1.24.0", "v1.26.0", Some(Skew::Supported)),
            ("v1.35.0", "1.34+", Some(Skew::Newer)),
            ("", "1.34", None),
            ("v2.1.0", "1.34", None),
            ("v1.x", "1.34", None),
        ] {
            assert_eq!(skew(kubelet, server), expected, "{kubelet} {server}");
        }
    }
}
