//! The addresses of the node as each of those who know them has them, and the kernel's counters.

use std::collections::BTreeMap;

use super::{Addresses, Config};
use crate::world;

#[derive(Clone, Debug)]
pub struct Network {
    /// By interface; the VPC CNI's where nothing is said.
    pub owners: BTreeMap<u8, Owner>,
    /// What a view lacks of the addresses that the others have.
    pub without: Vec<(View, &'static str)>,
    /// What only this view has, on one interface.
    pub with: Vec<(View, u8, &'static str)>,
    /// What EC2 refused to ipamd: the call, and the code.
    pub refusals: Vec<(&'static str, &'static str)>,
    /// Tracked connections and their limit.
    pub conntrack: (u64, u64),
    /// ENA's counter that grows with each reading, and one that only once did.
    pub growing: Option<&'static str>,
    pub earlier: Option<&'static str>,
    pub ethtool: bool,
    /// The package ec2-net-utils is on the node.
    pub net_utils: bool,
    /// Addresses that are free in the node's subnet.
    pub free: u32,
    /// What EC2 says that the instance type carries: interfaces, and addresses of each.
    pub limits: (u32, u32),
    /// As EC2 has it, where that is not what IMDS has.
    pub profile_id: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    Ec2,
    Imds,
    Ipamd,
    Kernel,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Owner {
    #[default]
    Cni,
    Trunk,
    Efa,
    /// Tagged so that ipamd leaves it alone.
    Unmanaged,
    Foreign,
}

/// In iam/info, too.
pub(crate) const PROFILE_ID: &str = "AIPAEXAMPLEPROFILE001";

impl Default for Network {
    fn default() -> Self {
        Self {
            owners: BTreeMap::new(),
            without: Vec::new(),
            with: Vec::new(),
            refusals: Vec::new(),
            conntrack: (812, 131_072),
            growing: None,
            earlier: None,
            ethtool: true,
            net_utils: false,
            free: 180,
            limits: (3, 10),
            profile_id: PROFILE_ID,
        }
    }
}

impl Network {
    pub(crate) fn owner(&self, index: u8) -> Owner {
        self.owners.get(&index).copied().unwrap_or_default()
    }

    fn seen(&self, view: View, index: u8, all: Vec<String>) -> Vec<String> {
        let lacks = |it: &String| self.without.iter().any(|(of, gone)| *of == view && it == gone);
        let more = self.with.iter().filter(|(of, at, _)| (*of, *at) == (view, index));
        let more = more.map(|(.., it)| (*it).to_owned());
        all.into_iter().filter(|it| !lacks(it)).chain(more).collect()
    }
}

impl Config {
    /// Of one interface, the primary one first.
    pub(crate) fn addresses(&self, view: View, index: u8) -> Vec<String> {
        // The primary interface has the node's own address; the others begin at a block of their own.
        let first = if index == 0 { world::NODE_IP.octets()[3] } else { 32 * index };
        let many = match self.interfaces.holding {
            Addresses::Single(many) if self.network.owner(index) == Owner::Cni => many,
            _ => 1,
        };
        let all = (0..many).map(|it| format!("10.0.1.{}", first.wrapping_add(it))).collect();
        self.network.seen(view, index, all)
    }

    pub(crate) fn prefixes(&self, index: u8) -> Vec<String> {
        match self.interfaces.holding {
            Addresses::Prefixes(many) => {
                (0..many).map(|it| format!("10.0.{}.{}/28", 16 + index, it * 16)).collect()
            }
            Addresses::Single(_) => Vec::new(),
        }
    }
}
