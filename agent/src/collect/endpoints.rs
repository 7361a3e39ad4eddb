//! Whether this node reaches the APIs of AWS that it and its workloads ask. No credentials are sent,
//! and nothing is asked of the APIs: any HTTP answer will do.

use std::time::Duration;

use diagnosis::aws::{self, Place, Service, Variant};
use diagnosis::facts::{Instance, Observed, Reach};
use reach::{Net, Request};
use tokio::time::Instant;

use super::ask::{self, Missed, observed};
use super::registry::{is_region, known};

/// Four phases of three seconds each is what one endpoint can take at the worst.
const LIMIT: Duration = Duration::from_secs(12);

pub(super) struct Endpoints {
    /// The regional one, measured as from a pod, so that the two can be laid side by side.
    pub(super) sts: Observed<Reach>,
    pub(super) ec2: Observed<Reach>,
    pub(super) eks: Observed<Reach>,
    pub(super) eks_auth: Observed<Reach>,
}

/// Where this node is at home.
pub(super) struct Home {
    pub(super) region: String,
    pub(super) domain: String,
}

impl Home {
    pub(super) fn of(region: &str, domain: &str) -> Result<Self, String> {
        let domain =
            if domain.is_empty() { aws::partition_of_region(region).domain } else { domain };
        if !is_region(region) || !is_domain(domain) {
            return Err(format!("`{region}` in `{domain}` cannot be a region"));
        }
        Ok(Self { region: region.to_owned(), domain: domain.to_owned() })
    }

    pub(super) fn place<'a>(&'a self, account: &'a str) -> Place<'a> {
        Place { region: &self.region, domain: &self.domain, account }
    }
}

/// The region is that of the options, else of the `instance`, for which others are still asking.
pub(super) async fn look(
    net: &Net,
    region: Option<&str>,
    variant: Variant,
    instance: impl AsyncFn() -> Observed<Instance>,
    deadline: Instant,
) -> Endpoints {
    let home = match region {
        Some(region) => Home::of(region, ""),
        None => known(&instance().await).and_then(|it| Home::of(&it.region, &it.domain)),
    };
    let deadline = ask::within(LIMIT, deadline);
    let one = async |service: Service| match &home {
        Ok(home) => {
            let url = format!("https://{}/", service.host(&home.place(""), variant));
            // The pod asks some of the same hosts, and a quote must say whose answer it is.
            let place = format!("GET {url} from the node");
            ask::reach(net, &place, Request::get(&url).map(|it| it.max_body(0)), deadline).await
        }
        Err(why) => observed(Err(Missed::new("AWS endpoints", &**why))),
    };
    let (sts, ec2, eks, eks_auth) = tokio::join!(
        one(Service::Sts),
        one(Service::Ec2),
        one(Service::Eks),
        one(Service::EksAuth),
    );
    Endpoints { sts, ec2, eks, eks_auth }
}

/// It becomes part of host names.
fn is_domain(text: &str) -> bool {
    text.split('.')
        .all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_is_the_one_that_the_node_is_told_else_its_partition_s() {
        let domain = |region, domain| Home::of(region, domain).map(|it| it.domain).ok();
        assert_eq!(domain("cn-north-1", "").as_deref(), Some("amazonaws.com.cn"));
        assert_eq!(domain("us-west-2", "example.internal").as_deref(), Some("example.internal"));
        assert_eq!(domain("us-west-2/x", ""), None);
        assert_eq!(domain("us-west-2", "a/b"), None);
        assert_eq!(domain("", ""), None);
    }
}
