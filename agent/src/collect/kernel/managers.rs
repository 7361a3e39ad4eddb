//! What else configures network interfaces on this machine, by the files that it leaves.

use std::path::Path;

use diagnosis::facts::{NetworkManagers, Source};

use super::{files, text};
use crate::collect::ask::{Found, Missed};

/// Of `ec2-net-utils` (AL2) and of `amazon-ec2-net-utils` (AL2023).
const EC2_NET_UTILS: [&str; 3] = [
    "etc/udev/rules.d/53-ec2-network-interfaces.rules",
    "usr/lib/udev/rules.d/99-vpc-policy-routes.rules",
    "usr/bin/setup-policy-routes",
];

/// In the order in which one overrides another: systemd takes the first file of a name.
const LINKS: [&str; 3] = ["etc/systemd/network", "run/systemd/network", "usr/lib/systemd/network"];

const DEFAULT: &str = "99-default.link";
const POLICY: &str = "MACAddressPolicy=";

pub(super) fn look(root: &Path) -> Found<NetworkManagers> {
    if !root.join("etc").is_dir() {
        return Err(Missed::new(&root.join("etc").display().to_string(), "no host is seen there"));
    }
    let package = EC2_NET_UTILS.iter().find(|it| root.join(it).exists());
    let policy = policy(root);
    let mut lines = Vec::new();
    lines.extend(package.map(|it| format!("ec2-net-utils: {}", root.join(it).display())));
    lines.extend(policy.as_ref().map(|(value, path)| format!("{POLICY}{value}: {path}")));
    let managers = NetworkManagers {
        mac_address_policy: policy.map(|(value, _)| value),
        ec2_net_utils: package.is_some(),
    };
    let place = root.join(LINKS[0]).display().to_string();
    Ok((managers, Source::new(place, reach::now(), lines.join("\n"))))
}

/// What a drop-in of the default link says last, else the default link itself.
fn policy(root: &Path) -> Option<(String, String)> {
    let drop_ins =
        LINKS.iter().rev().flat_map(|it| files(&root.join(it).join(format!("{DEFAULT}.d"))));
    let main = LINKS.iter().map(|it| root.join(it).join(DEFAULT)).find(|it| it.exists());
    let read = |path: std::path::PathBuf| {
        let text = text(&path).ok()?;
        let value = text.lines().filter_map(|it| it.trim().strip_prefix(POLICY)).next_back()?;
        Some((value.trim().to_owned(), path.display().to_string()))
    };
    drop_ins.rev().find_map(read).or_else(|| main.and_then(read))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_drop_in_overrides_the_default_and_a_package_is_known_by_its_rules() {
        let root = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        assert!(look(root.path()).is_err());
        put("usr/lib/systemd/network/99-default.link", "[Link]\nMACAddressPolicy=persistent\n");
        put("etc/os-release", "ID=ubuntu\n");
        let Ok((seen, _)) = look(root.path()) else { panic!("not seen") };
        assert_eq!(
            (seen.mac_address_policy.as_deref(), seen.ec2_net_utils),
            (Some("persistent"), false)
        );

        put(
            "etc/systemd/network/99-default.link.d/aws-cni.conf",
            "[Link]\nMACAddressPolicy=none\n",
        );
        put("etc/udev/rules.d/53-ec2-network-interfaces.rules", "");
        let Ok((seen, source)) = look(root.path()) else { panic!("not seen") };
        assert_eq!((seen.mac_address_policy.as_deref(), seen.ec2_net_utils), (Some("none"), true));
        assert!(source.text.contains("ec2-net-utils: ") && source.text.contains("aws-cni.conf"));
    }
}
