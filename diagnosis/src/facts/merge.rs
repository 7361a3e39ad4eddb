//! Several looks into one.

use super::{Account, Cluster, Collector, Facts, Host, Node, Pod, Subject};

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
            node: Box::new(a.node.or(*b.node)),
            pod: a.pod.or(b.pod),
            cluster: a.cluster.or(b.cluster),
            account: a.account.or(b.account),
            lines: a.lines.into_iter().chain(b.lines).collect(),
            seen_on: if a.seen_on.is_empty() { b.seen_on } else { a.seen_on },
            unread: a.unread.into_iter().chain(b.unread).collect(),
        }
    }
}

impl Node {
    fn or(self, b: Self) -> Self {
        Self {
            name: self.name.or(b.name),
            imds: self.imds.or(b.imds),
            imds_ipv6: self.imds_ipv6.or(b.imds_ipv6),
            instance: self.instance.or(b.instance),
            profile: self.profile.or(b.profile),
            role: self.role.or(b.role),
            interfaces: self.interfaces.or(b.interfaces),
            user_data: self.user_data.or(b.user_data),
            clock: self.clock.or(b.clock),
            host: self.host.or(b.host),
            caller: self.caller.or(b.caller),
            token_judged: self.token_judged.or(b.token_judged),
            user: self.user.or(b.user),
            cluster_named: self.cluster_named.or(b.cluster_named),
            described: self.described.or(b.described),
            cluster_endpoint: self.cluster_endpoint.or(b.cluster_endpoint),
            kubelet: self.kubelet.or(b.kubelet),
            vpc_cni: self.vpc_cni.or(b.vpc_cni),
            introspection: self.introspection.or(b.introspection),
            ipamd: self.ipamd.or(b.ipamd),
            ipamd_refusals: self.ipamd_refusals.or(b.ipamd_refusals),
            ipamd_grpc: self.ipamd_grpc.or(b.ipamd_grpc),
            sts: self.sts.or(b.sts),
            ec2: self.ec2.or(b.ec2),
            eks: self.eks.or(b.eks),
            eks_auth: self.eks_auth.or(b.eks_auth),
            ecr_api: self.ecr_api.or(b.ecr_api),
            registry: self.registry.or(b.registry),
            layer_host: self.layer_host.or(b.layer_host),
            ecr_token: self.ecr_token.or(b.ecr_token),
            manifest: self.manifest.or(b.manifest),
            layer: self.layer.or(b.layer),
        }
    }
}

impl Host {
    fn or(self, b: Self) -> Self {
        Self {
            os: self.os.or(b.os),
            proxy: self.proxy.or(b.proxy),
            kubeconfig: self.kubeconfig.or(b.kubeconfig),
            kubelet_config: self.kubelet_config.or(b.kubelet_config),
            web_identity: self.web_identity.or(b.web_identity),
            bootstrap_units: self.bootstrap_units.or(b.bootstrap_units),
            kubelet_unit: self.kubelet_unit.or(b.kubelet_unit),
            runtime_unit: self.runtime_unit.or(b.runtime_unit),
            runtime: self.runtime.or(b.runtime),
            swap: self.swap.or(b.swap),
            disks: self.disks.or(b.disks),
            serving_certificate: self.serving_certificate.or(b.serving_certificate),
            time_source: self.time_source.or(b.time_source),
            network: self.network.or(b.network),
            managers: self.managers.or(b.managers),
            counters: self.counters.or(b.counters),
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
            pod_identity_token: self.pod_identity_token.or(b.pod_identity_token),
            pod_identity_agent: self.pod_identity_agent.or(b.pod_identity_agent),
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
            annotated: self.annotated.or(b.annotated),
            pod: self.pod.or(b.pod),
            sharing_pods: self.sharing_pods.or(b.sharing_pods),
            egress_policies: self.egress_policies.or(b.egress_policies),
            node: self.node.or(b.node),
            user: self.user.or(b.user),
            reviews: self.reviews.or(b.reviews),
            template: self.template.or(b.template),
            cni: self.cni.or(b.cni),
            server_version: self.server_version.or(b.server_version),
            aws_auth: self.aws_auth.or(b.aws_auth),
            mapped_roles: self.mapped_roles.or(b.mapped_roles),
            node_pools: self.node_pools.or(b.node_pools),
            node_claims: self.node_claims.or(b.node_claims),
            node_classes: self.node_classes.or(b.node_classes),
            waiting_pods: self.waiting_pods.or(b.waiting_pods),
            not_scaled: self.not_scaled.or(b.not_scaled),
            nodes: self.nodes.or(b.nodes),
        }
    }
}

impl Account {
    fn or(self, b: Self) -> Self {
        Self {
            cluster: self.cluster.or(b.cluster),
            role: self.role.or(b.role),
            oidc_providers: self.oidc_providers.or(b.oidc_providers),
            association: self.association.or(b.association),
            association_role: self.association_role.or(b.association_role),
            target_role: self.target_role.or(b.target_role),
            simulation: self.simulation.or(b.simulation),
            decoded_denial: self.decoded_denial.or(b.decoded_denial),
            subnets: self.subnets.or(b.subnets),
            subnet_use: self.subnet_use.or(b.subnet_use),
            reservations: self.reservations.or(b.reservations),
            instance_limits: self.instance_limits.or(b.instance_limits),
            access_entries: self.access_entries.or(b.access_entries),
            caller: self.caller.or(b.caller),
            group: Box::new(self.group.or(*b.group)),
        }
    }
}
