//! Stand-ins for what a node and a pod talk to on EKS, over real sockets on loopback: IMDS, STS,
//! ECR, IAM, EKS, the layers' S3 host, the kubelet, the Kubernetes API server, ipamd, the Pod
//! Identity agent and a name server. What each of them does wrong is data ([`Config`]), and a
//! [`Scenario`] is such data with the verdict that it must lead to.
//!
//! The programs under test ask for the real names and addresses and are sent here by their own
//! options `--resolver` and `--connect-to`. Whatever they ask that nobody plays ends in the lab
//! too, and is counted as a stray.

pub mod canary;
mod chrony;
mod command;
mod config;
mod dns;
mod journal;
mod pki;
mod program;
mod reply;
mod rig;
mod scenario;
mod server;
mod serving;
mod sigv4;
mod socket;
mod standin;
mod token;
mod workload;
pub mod world;

pub use config::account::{self, Unwilling};
pub use config::host::{self, Host};
pub use config::identity::{self, PodIdentity, Refusal, Sts};
pub use config::network::{self, Network, Owner, View};
pub use config::{
    Addresses, Chrony, Config, Described, Door, Interfaces, Ipamd, Mapping, NameFault, Names,
    NodeObject, Profile, RoleAnswer, Rule, Shape,
};
pub use journal::Request;
pub use program::{Binaries, Run, binaries, build, run};
pub use reply::{Reply, Then};
pub use rig::{Lab, Places};
pub use scenario::{Expect, Outcome, Program, Scenario};
pub use serving::Serving;
pub use token::Token;
pub use workload::{ContainerCredentials, TokenFile, Workload};
pub use world::Standin;

/// Says what was being done; whoever gets it prints it and stops.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
