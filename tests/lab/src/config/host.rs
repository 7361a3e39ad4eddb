//! The node itself: its files, its units, its journal. The default is a healthy node of AL2023.

use std::collections::BTreeMap;

use crate::world;

#[derive(Clone, Debug)]
pub struct Host {
    /// By their absolute path on the node; what is not here is absent.
    pub files: BTreeMap<&'static str, String>,
    /// What `systemctl show` knows; every other unit is not found.
    pub units: Vec<Unit>,
    /// What `journalctl` has, by unit: without the stamp, which is of this very moment.
    pub journal: Vec<(&'static str, String)>,
    /// How many seconds ago the journal was written.
    pub journal_age: u64,
    pub runtime: Socket,
    pub serving: Serving,
    pub user_data: UserData,
}

#[derive(Clone, Debug)]
pub struct Unit {
    pub name: &'static str,
    pub load: &'static str,
    pub active: &'static str,
    pub sub: &'static str,
    pub result: &'static str,
    pub status: i32,
    pub restarts: u32,
}

/// containerd's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Socket {
    Listening,
    /// Its file is left, and nobody listens.
    Refusing,
    Absent,
}

/// The certificate that the kubelet serves with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serving {
    Issued,
    Missing,
    /// The kubelet's own.
    SelfSigned,
    Expired,
    NotYetValid,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserData {
    None,
    /// Of the lab's cluster, without the line of this key.
    NodeConfig {
        without: &'static str,
    },
    Bytes(Vec<u8>),
}

pub const KUBELET_UNIT: &str = "/etc/systemd/system/kubelet.service";
pub const KUBELET_DROP_IN: &str = "/etc/systemd/system/kubelet.service.d/environment.conf";
pub const KUBELET_CONFIG: &str = "/etc/kubernetes/kubelet/config.json";
pub const SWAPS: &str = "/proc/swaps";
pub const AWS_CLI: &str = "/usr/bin/aws";
pub const OS_RELEASE: &str = "/etc/os-release";

impl Default for Host {
    fn default() -> Self {
        let files = [
            (OS_RELEASE, "ID=\"amzn\"\nVERSION_ID=\"2023\"\nPRETTY_NAME=\"Amazon Linux 2023.8\"\n"),
            (
                KUBELET_UNIT,
                "[Service]\nEnvironmentFile=/etc/eks/kubelet/environment\nExecStart=/usr/bin/kubelet --config /etc/kubernetes/kubelet/config.json $NODEADM_KUBELET_ARGS\n",
            ),
            (
                KUBELET_CONFIG,
                "{\"kind\": \"KubeletConfiguration\", \"clusterDNS\": [\"172.20.0.10\"], \"maxPods\": 29}\n",
            ),
            (
                "/etc/kubernetes/kubelet/config.json.d/40-nodeadm.conf",
                "{\"providerID\": \"aws:///us-west-2a/i-0abc123def4567890\"}\n",
            ),
            (
                "/etc/eks/kubelet/environment",
                "NODEADM_KUBELET_ARGS=\"--hostname-override=ip-10-0-1-10.us-west-2.compute.internal\"\n",
            ),
            ("/etc/eks/kubelet-version.txt", "v1.34.1\n"),
            (AWS_CLI, "not a program\n"),
            (SWAPS, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"),
        ];
        let once = |name| Unit { sub: "exited", ..Unit::running(name) };
        Self {
            files: files.map(|(path, text)| (path, text.to_owned())).into(),
            units: vec![
                once("nodeadm-config"),
                once("nodeadm-run"),
                once("cloud-final"),
                Unit::running("containerd"),
                Unit::running("kubelet"),
            ],
            journal: Vec::new(),
            journal_age: 0,
            runtime: Socket::Listening,
            serving: Serving::Issued,
            user_data: UserData::NodeConfig { without: "" },
        }
    }
}

impl Unit {
    pub const fn running(name: &'static str) -> Self {
        let (load, active, sub, result) = ("loaded", "active", "running", "success");
        Self { name, load, active, sub, result, status: 0, restarts: 0 }
    }

    /// Ended with this status, and about to be started again.
    pub const fn failing(name: &'static str, status: i32) -> Self {
        let (active, sub, result) = ("activating", "auto-restart", "exit-code");
        Self { active, sub, result, status, restarts: 31, ..Self::running(name) }
    }

    pub const fn failed(name: &'static str, status: i32) -> Self {
        let (active, sub, result) = ("failed", "failed", "exit-code");
        Self { active, sub, result, status, ..Self::running(name) }
    }

    pub const fn stopped(name: &'static str) -> Self {
        Self { active: "inactive", sub: "dead", ..Self::running(name) }
    }

    /// As `systemctl show` prints it.
    pub(crate) fn shown(&self) -> String {
        let Self { name, load, active, sub, result, status, restarts } = self;
        format!(
            "Id={name}.service\nLoadState={load}\nActiveState={active}\nSubState={sub}\n\
             Result={result}\nNRestarts={restarts}\nExecMainStatus={status}\n"
        )
    }
}

impl Host {
    /// In the place of the one of that name.
    pub fn unit(&mut self, unit: Unit) -> &mut Self {
        self.units.retain(|it| it.name != unit.name);
        self.units.push(unit);
        self
    }

    pub fn file(&mut self, path: &'static str, text: &str) -> &mut Self {
        self.files.insert(path, text.to_owned());
        self
    }

    pub fn says(&mut self, unit: &'static str, line: &str) -> &mut Self {
        self.journal.push((unit, line.to_owned()));
        self
    }
}

impl UserData {
    /// What IMDS answers; `ca` is the cluster's, in base64.
    pub(crate) fn body(&self, ca: &str) -> Option<Vec<u8>> {
        let without = match self {
            Self::None => return None,
            Self::Bytes(bytes) => return Some(bytes.clone()),
            Self::NodeConfig { without } => without,
        };
        let (name, host) = (world::CLUSTER_NAME, world::CLUSTER_HOST);
        let config = format!(
            "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster:\n    \
             name: {name}\n    apiServerEndpoint: https://{host}\n    \
             certificateAuthority: {ca}\n    cidr: 172.20.0.0/16\n"
        );
        let left = config.lines().filter(|it| without.is_empty() || !it.contains(without));
        let config: Vec<_> = left.collect();
        let text = format!(
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n--//\n\
             Content-Type: application/node.eks.aws\n\n{}\n--//\n\
             Content-Type: text/x-shellscript\n\n#!/bin/sh\nexport KEY={}\n--//--\n",
            config.join("\n"),
            crate::canary::USER_DATA,
        );
        Some(text.into_bytes())
    }
}
