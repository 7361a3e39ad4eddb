//! Several looks into one.

use super::{Account, Cluster, Collector, Facts, Node, Pod, Subject};

impl Facts {
    /// Node and pod look from different rooms, so that they rarely meet; where they do, the later
    /// measurement stands. The subject and collector of `self` stand when it has them.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        let (a, b) = (self, other);
        Self {
            subject: if a.subject == Subject::default() { b.subject } else { a.subject },
            taken_at: a.taken_at.max(b.taken_at),
            collector: if a.collector == Collector::default() { b.collector } else { a.collector },
            node: a.node.or(b.node),
            pod: a.pod.or(b.pod),
            cluster: a.cluster.or(b.cluster),
            account: Account { trust: a.account.trust.or(b.account.trust) },
            lines: a.lines.into_iter().chain(b.lines).collect(),
        }
    }
}

impl Node {
    fn or(self, b: Self) -> Self {
        Self {
            name: self.name.or(b.name),
            imds: self.imds.or(b.imds),
            instance: self.instance.or(b.instance),
            profile: self.profile.or(b.profile),
            role: self.role.or(b.role),
            interfaces: self.interfaces.or(b.interfaces),
            cluster_endpoint: self.cluster_endpoint.or(b.cluster_endpoint),
            kubelet: self.kubelet.or(b.kubelet),
            vpc_cni: self.vpc_cni.or(b.vpc_cni),
            introspection: self.introspection.or(b.introspection),
            ipamd: self.ipamd.or(b.ipamd),
            ipamd_grpc: self.ipamd_grpc.or(b.ipamd_grpc),
            ecr_api: self.ecr_api.or(b.ecr_api),
            registry: self.registry.or(b.registry),
            layer_host: self.layer_host.or(b.layer_host),
            ecr_token: self.ecr_token.or(b.ecr_token),
            manifest: self.manifest.or(b.manifest),
            layer: self.layer.or(b.layer),
        }
    }
}

impl Pod {
    fn or(self, b: Self) -> Self {
        Self {
            service_account: self.service_account.or(b.service_account),
            identity: self.identity.or(b.identity),
            token: self.token.or(b.token),
            sts_regional: self.sts_regional.or(b.sts_regional),
            sts_global: self.sts_global.or(b.sts_global),
            web_identity: self.web_identity.or(b.web_identity),
            pod_identity: self.pod_identity.or(b.pod_identity),
            imds: self.imds.or(b.imds),
            caller: self.caller.or(b.caller),
        }
    }
}

impl Cluster {
    fn or(self, b: Self) -> Self {
        Self {
            service_account: self.service_account.or(b.service_account),
            pod: self.pod.or(b.pod),
            node: self.node.or(b.node),
        }
    }
}
