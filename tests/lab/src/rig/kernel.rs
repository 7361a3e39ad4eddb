//! What a node's kernel shows of its network, as files below the lab's host root.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::Error;
use crate::config::Config;
use crate::config::network::{Network, Owner, View};
use crate::standin::mac;

const COUNTERS: [&str; 5] = ["bw_in", "bw_out", "pps", "conntrack", "linklocal"];

pub(super) fn write(root: &Path, config: &Config) -> Result<(), Error> {
    let network = &config.network;
    let mut local = vec!["127.0.0.1".to_owned()];
    for index in 0..config.interfaces.count {
        let folder = root.join(format!("sys/class/net/eth{index}"));
        put(&folder.join("address"), &format!("{}\n", mac(index)))?;
        put(&folder.join("operstate"), "up\n")?;
        fs::create_dir_all(folder.join("device"))?;
        symlink("../../../../bus/pci/drivers/ena", folder.join("device/driver"))?;
        let all = config.addresses(View::Kernel, index);
        // ipamd sets up the interfaces that are its own; of their addresses the host has the first.
        let own = matches!(network.owner(index), Owner::Cni) || index == 0;
        let added = |it: &&String| network.with.iter().any(|(.., other)| other == it);
        let first = config.addresses(View::Ec2, index).into_iter().next();
        local.extend(first.filter(|_| own));
        local.extend(all.iter().filter(added).cloned());
    }
    local.retain(|it| !network.without.iter().any(|gone| *gone == (View::Kernel, it)));
    put(&root.join("proc/net/fib_trie"), &trie(&local))?;
    let (count, max) = network.conntrack;
    let conntrack = root.join("proc/sys/net/netfilter");
    put(&conntrack.join("nf_conntrack_count"), &format!("{count}\n"))?;
    put(&conntrack.join("nf_conntrack_max"), &format!("{max}\n"))?;
    put(&root.join("usr/lib/systemd/network/99-default.link"), "[Link]\nMACAddressPolicy=none\n")?;
    fs::create_dir_all(root.join("etc"))?;
    if network.net_utils {
        put(
            &root.join("etc/udev/rules.d/53-ec2-network-interfaces.rules"),
            "SUBSYSTEM==\"net\"\n",
        )?;
    }
    if network.ethtool { ethtool(root, network) } else { Ok(()) }
}

fn trie(local: &[String]) -> String {
    let mut text =
        "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n".to_owned();
    for it in local {
        // Writing to a String cannot fail.
        let _ = write!(text, "     |-- {it}\n        /32 host LOCAL\n");
    }
    text
}

/// As the program prints it; a counter that grows does so with each reading of the first interface,
/// by whichever of the programs that look at once.
fn ethtool(root: &Path, network: &Network) -> Result<(), Error> {
    let count = root.join("counter");
    put(&count, "100\n")?;
    let mut script = format!(
        "#!/bin/sh\nread n < {0}\n[ \"$2\" = eth0 ] && echo $((n + 37)) > {0}.$$ && /bin/mv {0}.$$ {0}\necho 'NIC statistics:'\n",
        count.display()
    );
    for name in COUNTERS.map(|it| format!("{it}_allowance_exceeded")) {
        let value = match (network.growing, network.earlier) {
            (Some(it), _) if it == name => "$n",
            (_, Some(it)) if it == name => "4711",
            _ => "0",
        };
        let _ = writeln!(script, "echo \"     {name}: {value}\"");
    }
    let program = root.join("usr/sbin/ethtool");
    put(&program, &script)?;
    fs::set_permissions(&program, Permissions::from_mode(0o755))?;
    Ok(())
}

fn put(path: &Path, content: &str) -> Result<(), Error> {
    super::files::put(path, content)
}
