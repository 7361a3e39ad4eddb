//! Addresses for pods.

use super::Chain;

mod addresses;
mod capacity;
mod ipamd;
mod limits;

pub static CHAIN: Chain = Chain {
    id: "pod-network",
    title: "addresses for pods",
    links: &[&ipamd::LINK, &capacity::LINK, &addresses::LINK],
};
