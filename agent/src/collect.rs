//! Looks at this node: one file for each place that is asked, all of them at once.
//!
//! Collecting cannot fail. Each fact is set on each path, and nothing here has an opinion.

use std::path::PathBuf;

use diagnosis::facts::{Collector, Facts, Subject};
use reach::Net;
use tokio::time::Instant;

use crate::args;

/// What the caller knows before anybody is asked.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) node_name: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) kubeconfig: Option<PathBuf>,
    pub(crate) cluster: Option<Cluster>,
    pub(crate) introspection: String,
}

/// Where the cluster's API server is, when the command line says so.
#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    pub(crate) endpoint: String,
    pub(crate) ca: PathBuf,
}

/// Never later than the deadline, by more than it takes to notice it.
#[expect(clippy::unused_async, reason = "filled next")]
pub(crate) async fn node(net: &Net, options: &Options, deadline: Instant) -> Facts {
    let (_, _, _) = (net, options, deadline);
    Facts {
        subject: Subject { kind: "node".to_owned(), ..Subject::default() },
        taken_at: reach::now(),
        collector: Collector {
            command: "check".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        ..Facts::default()
    }
}

impl From<args::Look> for Options {
    fn from(args::Look { node, image }: args::Look) -> Self {
        Self { image, ..Self::from(node) }
    }
}

impl From<args::Node> for Options {
    fn from(node: args::Node) -> Self {
        let cluster = node.cluster_endpoint.clone().zip(node.cluster_ca.clone());
        Self {
            node_name: node.node_name().map(str::to_owned),
            region: node.region().map(str::to_owned),
            image: None,
            cluster: cluster.map(|(endpoint, ca)| Cluster { endpoint, ca }),
            kubeconfig: node.kubeconfig,
            introspection: node.introspection,
        }
    }
}
