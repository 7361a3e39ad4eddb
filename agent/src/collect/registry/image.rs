//! An image reference, taken apart, and the registries of ECR among all others.

use diagnosis::aws;

/// `host/repository:tag@digest`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Image {
    pub(super) host: String,
    pub(super) repository: String,
    /// A digest, else a tag.
    pub(super) reference: String,
}

/// A private registry of ECR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ecr<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
}

impl Image {
    /// The error completes a sentence that begins with the reference.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) if is_digest(digest) => (name, Some(digest)),
            Some(_) => return Err("has a digest that is none"),
            None => (text, None),
        };
        let (host, path) = match name.split_once('/') {
            Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (host, path),
            _ => ("docker.io", name),
        };
        let (repository, tag) = path.rsplit_once(':').unwrap_or((path, "latest"));
        if !is_repository(repository) {
            return Err("names no repository");
        }
        if !is_tag(tag) {
            return Err("has a tag that is none");
        }
        let (host, repository) = (host.to_owned(), repository.to_owned());
        Ok(Self { host, repository, reference: digest.unwrap_or(tag).to_owned() })
    }
}

impl<'a> Ecr<'a> {
    /// The whole host must be ECR's: it will be sent a password.
    pub(super) fn of(host: &'a str) -> Option<Self> {
        let (account, rest) = host.split_once('.')?;
        let (region, domain, expected) = if let Some(rest) = rest.strip_prefix("dkr-ecr") {
            let rest = rest.strip_prefix("-fips").unwrap_or(rest);
            let (region, domain) = rest.strip_prefix('.')?.split_once('.')?;
            let china = region.starts_with("cn-");
            (region, domain, if china { "on.amazonwebservices.com.cn" } else { "on.aws" })
        } else {
            let rest = rest.strip_prefix("dkr.ecr")?;
            let rest = rest.strip_prefix("-fips").unwrap_or(rest);
            let (region, domain) = rest.strip_prefix('.')?.split_once('.')?;
            (region, domain, aws::partition_of_region(region).domain)
        };
        let valid = account.len() == 12
            && account.bytes().all(|it| it.is_ascii_digit())
            && is_region(region)
            && domain == expected;
        valid.then_some(Self { account, region })
    }
}

/// It becomes part of host names.
pub(in crate::collect) fn is_region(text: &str) -> bool {
    let allowed = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    (1..=32).contains(&text.len()) && text.bytes().all(allowed)
}

/// `sha256:<hex>`; also what a registry's answer must look like to become part of a path.
pub(super) fn is_digest(text: &str) -> bool {
    let hex =
        |it: &str| (32..=128).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_hexdigit());
    text.split_once(':').is_some_and(|(algorithm, value)| {
        !algorithm.is_empty()
            && algorithm.bytes().all(|it| it.is_ascii_alphanumeric())
            && hex(value)
    })
}

fn is_repository(text: &str) -> bool {
    let allowed = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"._-".contains(&it);
    let part =
        |it: &str| it.bytes().all(allowed) && it.bytes().any(|it| it.is_ascii_alphanumeric());
    text.len() <= 255 && text.split('/').all(part)
}

fn is_tag(text: &str) -> bool {
    let allowed = |it: u8| it.is_ascii_alphanumeric() || b"._-".contains(&it);
    (1..=128).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with(['.', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_reference_gives_host_repository_and_the_most_exact_name() {
        let exact = format!("host.example:5000/a/b:1.4@{DIGEST}");
        let cases = [
            ("nginx", ("docker.io", "nginx", "latest")),
            ("team/api:1", ("docker.io", "team/api", "1")),
            ("localhost/api", ("localhost", "api", "latest")),
            ("localhost:5000/api:2", ("localhost:5000", "api", "2")),
            (
                "111122223333.dkr.ecr.us-west-2.amazonaws.com/app:1.0",
                ("111122223333.dkr.ecr.us-west-2.amazonaws.com", "app", "1.0"),
            ),
            (&exact, ("host.example:5000", "a/b", DIGEST)),
        ];
        for (text, (host, repository, reference)) in cases {
            let image = Image::parse(text).unwrap();
            let seen = (&*image.host, &*image.repository, &*image.reference);
            assert_eq!(seen, (host, repository, reference), "{text}");
        }
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in ["", "host.example/", "a//b", "A/b", "a/../b", "a:b c", "a@sha256:zz", "a?x=1"]
        {
            assert!(Image::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_a_whole_host_of_ecr_is_one() {
        let cases = [
            ("111122223333.dkr.ecr.us-west-2.amazonaws.com", "us-west-2"),
            ("111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            ("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("111122223333.dkr-ecr.us-west-2.on.aws", "us-west-2"),
        ];
        for (host, region) in cases {
            assert_eq!(Ecr::of(host), Some(Ecr { account: "111122223333", region }), "{host}");
        }
        for host in [
            "docker.io",
            "public.ecr.aws",
            "111122223333.dkr.ecr.us-west-2.amazonaws.com.example.net",
            "111122223333.dkr.ecr.us-west-2.example.net",
            "111122223333.dkr.ecr.cn-north-1.amazonaws.com",
            "11112222333.dkr.ecr.us-west-2.amazonaws.com",
            "111122223333.dkr.ecr.us-west-2.amazonaws.com:8443",
            "x.111122223333.dkr.ecr.us-west-2.amazonaws.com",
        ] {
            assert_eq!(Ecr::of(host), None, "{host}");
        }
    }
}
