//! Partitions: sets of regions, each with its own IAM and its own names.
//!
//! Source: `partitions.json` of the AWS SDKs (aws/aws-sdk-go-v2 internal/endpoints/awsrulesfn, 1.47)
//! and, for the names of images, the match patterns of kubernetes/cloud-provider-aws
//! cmd/ecr-credential-provider, 2026-07.

/// A set of regions with its own IAM and its own DNS suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    pub id: &'static str,
    /// What `services/domain` says.
    pub domain: &'static str,
    /// The suffix of hosts that answer IPv4 and IPv6.
    pub dual_stack: &'static str,
    /// The same for registries of ECR, where they are known to have such hosts.
    pub dual_stack_registry: Option<&'static str>,
    /// How names of VPC endpoint services begin that do not begin with `com.amazonaws`.
    pub(super) reversed: &'static str,
}

const fn partition(
    id: &'static str,
    domain: &'static str,
    dual_stack: &'static str,
    reversed: &'static str,
) -> Partition {
    Partition { id, domain, dual_stack, dual_stack_registry: None, reversed }
}

const COMMERCIAL: Partition = Partition {
    dual_stack_registry: Some("on.aws"),
    ..partition("aws", "amazonaws.com", "api.aws", "com.amazonaws")
};
const GOVERNMENT: Partition = Partition {
    dual_stack_registry: Some("on.aws"),
    ..partition("aws-us-gov", "amazonaws.com", "api.aws", "com.amazonaws")
};
const CHINA: Partition = Partition {
    dual_stack_registry: Some("on.amazonwebservices.com.cn"),
    ..partition("aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn.com.amazonaws")
};

/// Region prefixes, the longest first where one contains another.
const PARTITIONS: &[(&str, Partition)] = &[
    ("cn-", CHINA),
    ("us-gov-", GOVERNMENT),
    ("us-isob-", partition("aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", "gov.sgov.sc2s")),
    ("us-isof-", partition("aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "gov.ic.hci.csp")),
    ("us-iso-", partition("aws-iso", "c2s.ic.gov", "api.aws.ic.gov", "gov.ic.c2s")),
    (
        "eu-isoe-",
        partition("aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "uk.adc-e.cloud"),
    ),
    ("eusc-", partition("aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "eu.amazonaws")),
];

pub fn partition_of_region(region: &str) -> Partition {
    let known = PARTITIONS.iter().find(|(prefix, _)| region.starts_with(prefix));
    known.map_or(COMMERCIAL, |(_, partition)| *partition)
}

/// By its shape, as in `us-west-2` and `us-gov-east-1`.
pub fn looks_like_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |it: &&str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase());
    let [area, .., number] = parts[..] else { return false };
    let words = &parts[..parts.len() - 1];
    matches!(area.len(), 2 | 4)
        && words.len() >= 2
        && words.iter().all(letters)
        && matches!(number.as_bytes(), [b'0'..=b'9'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_told_by_its_shape() {
        for region in
            ["us-west-2", "us-gov-east-1", "cn-north-1", "eusc-de-east-1", "ap-southeast-7"]
        {
            assert!(looks_like_region(region), "{region}");
        }
        for other in [
            "",
            "sts",
            "eu",
            "my-bucket",
            "i-0",
            "us-west-x",
            "web-app-1",
            "us-west-10",
            "a-b-1",
            "us--1",
        ] {
            assert!(!looks_like_region(other), "{other}");
        }
    }

    #[test]
    fn a_region_names_its_partition() {
        for (region, id, domain) in [
            ("us-west-2", "aws", "amazonaws.com"),
            ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
            ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
            ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
            ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
            ("eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk"),
            ("us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov"),
            ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
        ] {
            let it = partition_of_region(region);
            assert_eq!((it.id, it.domain), (id, domain), "{region}");
        }
    }
}
