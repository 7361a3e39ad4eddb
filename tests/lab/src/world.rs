//! The one account, cluster and node that the stand-ins play, and where they seem to live.
//!
//! The addresses are those of a private VPC in which every service has an interface endpoint, and
//! S3 a gateway endpoint.
//! Nothing ever listens there: the programs under test are told to connect elsewhere instead.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use diagnosis::aws::{Place, STS_GLOBAL, Service, Variant};

pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "us-west-2";
pub const ZONE: &str = "us-west-2a";
pub const DOMAIN: &str = "amazonaws.com";
pub const INSTANCE_ID: &str = "i-0abcd1234ef567890";
pub const INSTANCE_TYPE: &str = "m5.large";
pub const NODE: &str = "ip-10-0-1-10.us-west-2.compute.internal";
pub const NODE_UID: &str = "9a1d3c52-6f0e-4d27-9d4e-0c2f3b5a7e10";
pub const NODE_IP: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 10);
/// The Amazon Time Sync Service.
pub const TIME_SYNC: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 123);
/// Where chrony listens for those who ask it.
pub const CHRONY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 323);
pub const NODE_ROLE: &str = "eks-node";
pub const VPC: &str = "vpc-0a1b2c3d4e5f60718";
pub const SUBNET: &str = "subnet-0a1b2c3d4e5f60718";
pub const SUBNET_CIDR: &str = "10.0.1.0/24";
/// The security group of the cluster, which its nodes are in.
pub const NODE_GROUP: &str = "sg-0a1b2c3d4e5f60718";

pub const CLUSTER_ID: &str = "EXAMPLED539D4633E53DE1B716D3041E";
pub const CLUSTER_HOST: &str = "EXAMPLED539D4633E53DE1B716D3041E.gr7.us-west-2.eks.amazonaws.com";
pub const ISSUER: &str =
    "https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E";

pub const CLUSTER_NAME: &str = "prod-cluster";
pub const IAM_HOST: &str = "iam.amazonaws.com";

pub const NAMESPACE: &str = "prod";
pub const SERVICE_ACCOUNT: &str = "api";
pub const SERVICE_ACCOUNT_UID: &str = "5b0f6f0e-8f0c-4c53-9a39-5d3f2f7f6a01";
pub const POD: &str = "api-7d9f";
pub const POD_UID: &str = "c0ffee00-1111-4222-8333-444455556666";
pub const ROLE: &str = "api-reader";
pub const ROLE_ARN: &str = "arn:aws:iam::111122223333:role/api-reader";

/// The repository that the registry holds, with an image for amd64 and arm64 under this tag.
pub const IMAGE: &str = "111122223333.dkr.ecr.us-west-2.amazonaws.com/app:1.0";

/// The port on which the agent takes reports.
pub const AGENT_PORT: u16 = 12610;

/// One thing that answers, and that can be broken by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standin {
    Imds,
    /// The IPv6 address of IMDS, which most instances have switched off.
    ImdsV6,
    StsRegional,
    StsGlobal,
    EcrApi,
    Registry,
    /// The S3 bucket that serves layers.
    LayerHost,
    /// IAM, which has one host for all regions.
    Iam,
    /// The EKS API.
    Eks,
    /// Where the Pod Identity agent gets credentials.
    EksAuth,
    Ec2,
    /// The Kubernetes API server.
    Cluster,
    Kubelet,
    /// ipamd's introspection.
    Introspection,
    IpamdMetrics,
    /// The gRPC door of ipamd.
    IpamdGrpc,
    /// The EKS Pod Identity agent.
    PodIdentity,
    PodIdentityV6,
}

impl Standin {
    pub const ALL: [Self; 18] = [
        Self::Imds,
        Self::ImdsV6,
        Self::StsRegional,
        Self::StsGlobal,
        Self::EcrApi,
        Self::Registry,
        Self::LayerHost,
        Self::Iam,
        Self::Eks,
        Self::EksAuth,
        Self::Ec2,
        Self::Cluster,
        Self::Kubelet,
        Self::Introspection,
        Self::IpamdMetrics,
        Self::IpamdGrpc,
        Self::PodIdentity,
        Self::PodIdentityV6,
    ];

    /// Where the real thing would be reached from this node.
    pub const fn address(self) -> SocketAddr {
        let (ip, port) = match self {
            Self::Imds => (Ipv4Addr::new(169, 254, 169, 254), 80),
            Self::ImdsV6 => return v6(0x254, 80),
            Self::StsRegional => (Ipv4Addr::new(10, 0, 3, 11), 443),
            Self::StsGlobal => (Ipv4Addr::new(10, 0, 3, 12), 443),
            Self::EcrApi => (Ipv4Addr::new(10, 0, 3, 13), 443),
            Self::Registry => (Ipv4Addr::new(10, 0, 3, 14), 443),
            // A gateway endpoint leaves it its public addresses.
            Self::LayerHost => return self.public(),
            Self::Iam => (Ipv4Addr::new(10, 0, 3, 16), 443),
            Self::Eks => (Ipv4Addr::new(10, 0, 3, 17), 443),
            Self::EksAuth => (Ipv4Addr::new(10, 0, 3, 18), 443),
            Self::Ec2 => (Ipv4Addr::new(10, 0, 3, 19), 443),
            Self::Cluster => (Ipv4Addr::new(10, 0, 3, 20), 443),
            Self::Kubelet => (Ipv4Addr::LOCALHOST, 10248),
            Self::Introspection => (Ipv4Addr::LOCALHOST, 61679),
            Self::IpamdMetrics => (Ipv4Addr::LOCALHOST, 61678),
            Self::IpamdGrpc => (Ipv4Addr::LOCALHOST, 50051),
            Self::PodIdentity => (Ipv4Addr::new(169, 254, 170, 23), 80),
            Self::PodIdentityV6 => return v6(0x23, 80),
        };
        SocketAddr::new(IpAddr::V4(ip), port)
    }

    /// Of an interface endpoint of S3, where there is one.
    pub const LAYERS_INSIDE: Ipv4Addr = Ipv4Addr::new(10, 0, 3, 15);

    /// Of an endpoint that another VPC shares.
    pub const EC2_ELSEWHERE: Ipv4Addr = Ipv4Addr::new(10, 9, 3, 19);

    /// Where it would be reached from outside of the VPC.
    pub const fn public(self) -> SocketAddr {
        let last = match self {
            Self::StsRegional => 11,
            Self::StsGlobal => 12,
            Self::EcrApi => 13,
            Self::Registry => 14,
            Self::LayerHost => 15,
            Self::Iam => 16,
            Self::Eks => 17,
            Self::EksAuth => 18,
            Self::Ec2 => 19,
            _ => 20,
        };
        SocketAddr::new(IpAddr::V4(Ipv4Addr::new(52, 94, 133, last)), 443)
    }

    /// The name under which it is found; what has none is asked by its address.
    pub fn host(self) -> Option<String> {
        Some(match self {
            Self::StsRegional => host(Service::Sts),
            Self::StsGlobal => STS_GLOBAL.to_owned(),
            Self::Ec2 => host(Service::Ec2),
            Self::EksAuth => host(Service::EksAuth),
            Self::EcrApi => host(Service::EcrApi),
            Self::Registry => host(Service::Registry),
            Self::LayerHost => host(Service::Layers),
            Self::Iam => IAM_HOST.to_owned(),
            Self::Eks => host(Service::Eks),
            Self::Cluster => CLUSTER_HOST.to_owned(),
            _ => return None,
        })
    }

    /// Everything of AWS that speaks TLS. The cluster's endpoint has a CA of its own.
    pub const AWS_HOSTS: [Self; 9] = [
        Self::StsRegional,
        Self::StsGlobal,
        Self::EcrApi,
        Self::Registry,
        Self::LayerHost,
        Self::Iam,
        Self::Eks,
        Self::EksAuth,
        Self::Ec2,
    ];

    pub fn speaks_tls(self) -> bool {
        self.host().is_some()
    }

    /// By the name that a client asks for in its TLS greeting.
    pub fn by_host(host: &str) -> Option<Self> {
        let same = |it: &Self| it.host().is_some_and(|name| name.eq_ignore_ascii_case(host));
        Self::ALL.into_iter().find(same)
    }

    /// The IPv6 addresses are off, as on most instances.
    pub(crate) fn off_by_default(self) -> bool {
        matches!(self, Self::ImdsV6 | Self::PodIdentity | Self::PodIdentityV6)
    }
}

fn host(service: Service) -> String {
    let place = Place { region: REGION, domain: DOMAIN, account: ACCOUNT };
    service.host(&place, Variant::default())
}

/// `fd00:ec2::<last>`, the prefix of the services that every instance has for itself.
const fn v6(last: u16, port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, last)), port)
}
