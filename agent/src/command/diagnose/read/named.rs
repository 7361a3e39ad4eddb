//! What an option says that a file is, and whether the file is that.

use diagnosis::document::paste::{Document, Kind};
use diagnosis::facts::{Facts, Observed};

/// What the command line says that a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum As {
    Anything,
    ServiceAccount,
    TrustPolicy,
    Log,
    Described,
    Network,
}

impl As {
    /// What its option takes.
    pub(super) const fn takes(self) -> &'static str {
        match self {
            Self::Anything => "anything",
            Self::ServiceAccount => {
                "--service-account takes a ServiceAccount as YAML, JSON or described"
            }
            Self::TrustPolicy => {
                "--trust-policy takes a trust policy, alone or as `aws iam get-role` answers it"
            }
            Self::Log => "--logs takes a log",
            Self::Described => {
                "--describe takes what `kubectl describe` or `kubectl get events` printed"
            }
            Self::Network => {
                "--network takes subnets, interfaces, NetworkPolicies, ipamd's books, or the YAML of README"
            }
        }
    }

    pub(super) fn fits(self, kind: Kind, document: &Document) -> bool {
        let object = match document {
            Document::Object { object, .. } => object["kind"].as_str().unwrap_or_default(),
            _ => "",
        };
        match self {
            Self::Anything => true,
            Self::ServiceAccount => object == "ServiceAccount",
            Self::TrustPolicy => matches!(document, Document::Trust(_) | Document::Role { .. }),
            Self::Log => matches!(document, Document::Said(..)) || object == "Event",
            Self::Described => {
                matches!(kind, Kind::Described | Kind::Events)
                    || matches!(object, "Pod" | "ServiceAccount" | "Node" | "Event")
            }
            Self::Network => match document {
                Document::Seen(_, facts) => of_network(facts),
                Document::Unused(what, _) => what.contains("aws ec2") || what.contains("ipamd"),
                _ => NETWORK.contains(&object),
            },
        }
    }
}

/// Kinds of objects that tell of a network, whether a link reads them or not.
const NETWORK: [&str; 6] =
    ["NetworkPolicy", "Node", "ENIConfig", "SecurityGroupPolicy", "CNINode", "Service"];

fn of_network(facts: &Facts) -> bool {
    let Facts { account, cluster, node, .. } = facts;
    account.subnets.value().is_some()
        || account.subnet_use.value().is_some()
        || account.reservations.value().is_some()
        || cluster.cni.value().is_some()
        || !matches!(cluster.egress_policies, Observed::Skipped)
        || node.ipamd.value().is_some()
}
