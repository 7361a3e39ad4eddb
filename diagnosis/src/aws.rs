//! Where AWS answers: partitions, and the hosts of the services that a node and a pod need.
//!
//! Source: the endpoints file of the AWS SDKs as `aws-partitions` describes it,
//! <https://docs.aws.amazon.com/general/latest/gr/rande.html>, and, for the layer host,
//! <https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html>.

/// A set of regions with its own IAM and its own DNS suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    pub id: &'static str,
    pub domain: &'static str,
}

/// Region prefixes, the longest first where one contains another.
const PARTITIONS: &[(&str, Partition)] = &[
    ("cn-", Partition { id: "aws-cn", domain: "amazonaws.com.cn" }),
    ("us-gov-", Partition { id: "aws-us-gov", domain: "amazonaws.com" }),
    ("us-isob-", Partition { id: "aws-iso-b", domain: "sc2s.sgov.gov" }),
    ("us-isof-", Partition { id: "aws-iso-f", domain: "csp.hci.ic.gov" }),
    ("us-iso-", Partition { id: "aws-iso", domain: "c2s.ic.gov" }),
    ("eu-isoe-", Partition { id: "aws-iso-e", domain: "cloud.adc-e.uk" }),
    ("eusc-", Partition { id: "aws-eusc", domain: "amazonaws.eu" }),
];

const COMMERCIAL: Partition = Partition { id: "aws", domain: "amazonaws.com" };

/// The global STS host, which exists in the partition `aws` only.
pub const STS_GLOBAL: &str = "sts.amazonaws.com";

/// The audience that STS expects in every partition, China included.
pub const STS_AUDIENCE: &str = "sts.amazonaws.com";

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

pub fn sts_regional(region: &str) -> String {
    format!("sts.{region}.{}", partition_of_region(region).domain)
}

pub fn ecr_api(region: &str, domain: &str) -> String {
    format!("api.ecr.{region}.{domain}")
}

pub fn registry(account: &str, region: &str, domain: &str) -> String {
    format!("{account}.dkr.ecr.{region}.{domain}")
}

pub fn layer_host(region: &str, domain: &str) -> String {
    format!("prod-{region}-starport-layer-bucket.s3.{region}.{domain}")
}

/// `arn:<partition>:iam::<account>:role/<name>`, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleArn<'a> {
    pub partition: &'a str,
    pub account: &'a str,
    /// The last part of the path, which is the role's name.
    pub name: &'a str,
}

impl<'a> RoleArn<'a> {
    /// `None` for anything that STS would refuse as `Request ARN is invalid`.
    pub fn parse(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let mut next = || parts.next();
        let (scheme, partition, service) = (next()?, next()?, next()?);
        let (region, account, resource) = (next()?, next()?, next()?);
        let path = resource.strip_prefix("role/")?;
        let (_, name) = path.rsplit_once('/').unwrap_or(("", path));
        let valid = scheme == "arn"
            && partition.starts_with("aws")
            && service == "iam"
            && region.is_empty()
            && account.len() == 12
            && account.bytes().all(|it| it.is_ascii_digit())
            && !name.is_empty()
            && path.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-/.@+=,".contains(&it));
        valid.then_some(Self { partition, account, name })
    }
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
        let id = |region| partition_of_region(region).id;
        assert_eq!(id("us-west-2"), "aws");
        assert_eq!(id("cn-north-1"), "aws-cn");
        assert_eq!(id("us-gov-west-1"), "aws-us-gov");
        assert_eq!(id("us-isob-east-1"), "aws-iso-b");
        assert_eq!(sts_regional("cn-north-1"), "sts.cn-north-1.amazonaws.com.cn");
    }

    #[test]
    fn a_role_arn_is_taken_apart_and_anything_else_refused() {
        let arn = RoleArn::parse("arn:aws-cn:iam::111122223333:role/team/api-reader");
        let (partition, account, name) = ("aws-cn", "111122223333", "api-reader");
        assert_eq!(arn, Some(RoleArn { partition, account, name }));
        for bad in [
            "",
            "api-reader",
            "arn:aws:iam::111122223333:user/api",
            "arn:aws:iam::11112222333:role/api",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::111122223333:role/api reader",
            "arn:aws:iam:us-west-2:111122223333:role/api",
            " arn:aws:iam::111122223333:role/api",
            "arn:aws:iam::111122223333:role/api\u{200b}",
        ] {
            assert_eq!(RoleArn::parse(bad), None, "{bad}");
        }
    }
}
