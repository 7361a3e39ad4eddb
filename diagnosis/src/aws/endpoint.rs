//! The hosts of the services that a node and a pod need, and the VPC endpoints that stand for them.
//!
//! Hosts: the endpoint rules of the AWS SDKs (botocore `endpoint-rule-set-1.json` of sts, ec2, eks,
//! eks-auth and ecr), <https://docs.aws.amazon.com/general/latest/gr/ecr.html>, and, for the layer
//! host, <https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html>.
//! Names of endpoint services: aws/aws-cdk packages/aws-cdk-lib/aws-ec2/lib/vpc-endpoint.ts.

use super::partition::{Partition, looks_like_region, partition_of_region};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    Sts,
    Ec2,
    Eks,
    /// Where the Pod Identity agent gets credentials.
    EksAuth,
    EcrApi,
    /// ECR as a registry of images.
    Registry,
    /// The S3 host to which the registry redirects for layers.
    Layers,
}

/// Which of a service's hosts is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Variant {
    pub fips: bool,
    pub dual_stack: bool,
}

/// What a host's name is made of.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub region: &'a str,
    /// `services/domain`, where it is known.
    pub domain: &'a str,
    /// Of the registry.
    pub account: &'a str,
}

impl<'a> Place<'a> {
    /// With the domain that goes with the region.
    pub fn of_region(region: &'a str) -> Self {
        Self { region, domain: partition_of_region(region).domain, account: "" }
    }
}

/// A VPC endpoint by what it takes to make or find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// The name of the endpoint service.
    Interface(String),
    Gateway(String),
}

impl Endpoint {
    pub fn name(&self) -> &str {
        match self {
            Self::Interface(name) | Self::Gateway(name) => name,
        }
    }
}

impl Service {
    pub fn host(self, place: &Place, variant: Variant) -> String {
        let Place { region, domain, account } = *place;
        let partition = partition_of_region(region);
        let Variant { fips, dual_stack } = variant;
        let dash = if fips { "-fips" } else { "" };
        let suffix = if dual_stack { partition.dual_stack } else { domain };
        match self {
            Self::Sts if fips || dual_stack => fips_in_name("sts", &partition, place, variant),
            Self::Ec2 if fips || dual_stack => fips_in_name("ec2", &partition, place, variant),
            Self::Eks if fips && !dual_stack && partition.id == "aws" => {
                format!("fips.eks.{region}.{domain}")
            }
            Self::Eks if partition.id == "aws-us-gov" && !dual_stack => {
                format!("eks.{region}.{domain}")
            }
            Self::Sts => format!("sts.{region}.{domain}"),
            Self::Ec2 => format!("ec2.{region}.{domain}"),
            Self::Eks => format!("eks{dash}.{region}.{suffix}"),
            // It has no other hosts than those that answer both families.
            Self::EksAuth => format!("eks-auth{dash}.{region}.{}", partition.dual_stack),
            Self::EcrApi if dual_stack => format!("ecr{dash}.{region}.{suffix}"),
            Self::EcrApi => format!("api.ecr{dash}.{region}.{domain}"),
            Self::Registry => match partition.dual_stack_registry.filter(|_| dual_stack) {
                Some(suffix) => format!("{account}.dkr-ecr{dash}.{region}.{suffix}"),
                None => format!("{account}.dkr.ecr{dash}.{region}.{domain}"),
            },
            // The registry names it, whichever of the registry's hosts was asked.
            Self::Layers => format!("prod-{region}-starport-layer-bucket.s3.{region}.{domain}"),
        }
    }

    /// What gives a private network its way to it.
    pub fn endpoint(self, region: &str) -> Endpoint {
        let own = reversed(region).contains(&self.id());
        let prefix = if own { partition_of_region(region).reversed } else { "com.amazonaws" };
        let name = format!("{prefix}.{region}.{}", self.id());
        if self == Self::Layers { Endpoint::Gateway(name) } else { Endpoint::Interface(name) }
    }

    /// As an endpoint service.
    const fn id(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Ec2 => "ec2",
            Self::Eks => "eks",
            Self::EksAuth => "eks-auth",
            Self::EcrApi => "ecr.api",
            Self::Registry => "ecr.dkr",
            Self::Layers => "s3",
        }
    }

    /// Whose host it is, and of which region; `None` for every other host.
    pub fn of_host(host: &str) -> Option<(Self, &str)> {
        let at = host.split('.').position(looks_like_region)?;
        let labels: Vec<&str> = host.split('.').collect();
        let region = labels[at];
        let partition = partition_of_region(region);
        let suffix = labels[at + 1..].join(".");
        let known = [Some(partition.domain), Some(partition.dual_stack)];
        let known = known.into_iter().chain([partition.dual_stack_registry]).flatten();
        if !known.into_iter().any(|it| it == suffix) {
            return None;
        }
        let service = match &labels[..at] {
            ["sts" | "sts-fips"] => Self::Sts,
            ["ec2" | "ec2-fips"] => Self::Ec2,
            ["eks" | "eks-fips"] | ["fips", "eks"] => Self::Eks,
            ["eks-auth" | "eks-auth-fips"] => Self::EksAuth,
            ["api", "ecr" | "ecr-fips"] | ["ecr" | "ecr-fips"] => Self::EcrApi,
            [_, "dkr", "ecr" | "ecr-fips"] | [_, "dkr-ecr" | "dkr-ecr-fips"] => Self::Registry,
            [bucket, "s3"] if bucket.ends_with("-starport-layer-bucket") => Self::Layers,
            _ => return None,
        };
        Some((service, region))
    }
}

/// The government's ordinary hosts of STS and EC2 are FIPS hosts already.
fn fips_in_name(name: &str, partition: &Partition, place: &Place, variant: Variant) -> String {
    let Variant { fips, dual_stack } = variant;
    let own = partition.id == "aws-us-gov" && !dual_stack;
    let dash = if fips && !own { "-fips" } else { "" };
    let suffix = if dual_stack { partition.dual_stack } else { place.domain };
    format!("{name}{dash}.{}.{suffix}", place.region)
}

/// The services whose endpoint services do not begin with `com.amazonaws` there.
fn reversed(region: &str) -> &'static [&'static str] {
    match region {
        it if it.starts_with("cn-") => &["ec2", "ecr.api", "ecr.dkr", "eks", "sts"],
        it if it.starts_with("us-iso-") || it.starts_with("us-isob-east-") => {
            &["ec2", "ecr.api", "ecr.dkr"]
        }
        it if ["us-isob-", "us-isof-", "eu-isoe-", "eusc-"].iter().any(|p| it.starts_with(p)) => {
            &["ecr.api", "ecr.dkr"]
        }
        _ => &[],
    }
}

#[cfg(test)]
mod tests;
