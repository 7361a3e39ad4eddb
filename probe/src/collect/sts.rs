//! Whether the hosts of STS can be reached from the pod's network, and which of them is asked.

use diagnosis::aws::{STS_GLOBAL, partition_of_region, sts_regional};
use diagnosis::facts::{Observed, Reach, Source};
use reach::{Net, Request, now};
use tokio::time::Instant;

use crate::environment::Environment;
use crate::line::line;

/// More than any region's name has.
const NAME: usize = 64;

/// The region in which the workload looks for STS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Region {
    Known(String),
    Unknown(String),
}

/// From the environment, else from the issuer of a token: both are the cluster's own region
/// unless somebody wanted another one.
pub(super) fn region(environment: &Environment, issuers: &[&str]) -> Region {
    if let Some(set) = environment.region() {
        return if is_name(&set) {
            Region::Known(set)
        } else {
            Region::Unknown(format!("`{}` is not the name of a region", line(&set, NAME)))
        };
    }
    let issued = issuers.iter().find_map(|it| region_of_issuer(it));
    issued.map_or_else(
        || Region::Unknown("the region is in neither AWS_REGION nor a token's issuer".to_owned()),
        Region::Known,
    )
}

fn region_of_issuer(issuer: &str) -> Option<String> {
    let (region, _) = issuer.strip_prefix("https://oidc.eks.")?.split_once('.')?;
    is_name(region).then(|| region.to_owned())
}

/// Nothing else may become a part of a host's name.
fn is_name(text: &str) -> bool {
    let letters =
        text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
    letters && text.contains('-') && text.len() <= NAME
}

/// The host that the workload's SDK calls.
pub(super) fn configured(environment: &Environment, region: &Region) -> String {
    let legacy = environment.sts_regional_endpoints.text();
    let legacy = legacy.is_some_and(|it| it.eq_ignore_ascii_case("legacy"));
    match region {
        Region::Known(region) if !legacy || !has_global(region) => sts_regional(region),
        Region::Known(_) | Region::Unknown(_) => STS_GLOBAL.to_owned(),
    }
}

pub(super) async fn regional(net: &Net, region: &Region, deadline: Instant) -> Observed<Reach> {
    match region {
        Region::Known(region) => measure(net, &sts_regional(region), deadline).await,
        Region::Unknown(why) => {
            Observed::failed(why, Source::new("regional STS endpoint", now(), ""))
        }
    }
}

pub(super) async fn global(net: &Net, region: &Region, deadline: Instant) -> Observed<Reach> {
    match region {
        Region::Known(region) if !has_global(region) => Observed::Skipped,
        Region::Known(_) | Region::Unknown(_) => measure(net, STS_GLOBAL, deadline).await,
    }
}

fn has_global(region: &str) -> bool {
    partition_of_region(region).id == "aws"
}

async fn measure(net: &Net, host: &str, deadline: Instant) -> Observed<Reach> {
    let url = format!("https://{host}/");
    match Request::get(&url) {
        Ok(request) => {
            // What STS says to a GET is a page for people.
            let reach = net.measure(&request.max_body(0), deadline).await.reach;
            let source = Source::new(url, now(), text(&reach));
            Observed::seen(reach, source)
        }
        Err(error) => Observed::failed(error.to_string(), Source::new(url, now(), "")),
    }
}

/// With the server's clock, by which this one can be checked.
fn text(reach: &Reach) -> String {
    match &reach.server_date {
        Some(date) => format!("{reach}\nDate: {date}"),
        None => reach.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539";

    fn known(region: &str) -> Region {
        Region::Known(region.to_owned())
    }

    #[test]
    fn the_environment_names_the_region_before_a_token_does() {
        let set = Environment::of(&[("AWS_REGION", "eu-west-1")]);
        assert_eq!(region(&set, &[ISSUER]), known("eu-west-1"));
        assert_eq!(region(&Environment::default(), &["", ISSUER]), known("us-west-2"));
    }

    #[test]
    fn what_is_not_a_region_never_becomes_a_host() {
        for bad in ["us-west-2/", "us-west-2.evil.example", "US-WEST-2 ", "west", "-\n"] {
            let set = Environment::of(&[("AWS_REGION", bad)]);
            let Region::Unknown(why) = region(&set, &[ISSUER]) else { panic!("{bad}") };
            assert!(why.ends_with("is not the name of a region"), "{why}");
        }
        for bad in ["", "https://oidc.eks.@evil.example", "http://oidc.eks.us-west-2.amazonaws.com"]
        {
            assert!(matches!(region(&Environment::default(), &[bad]), Region::Unknown(_)), "{bad}");
        }
    }

    #[test]
    fn only_the_legacy_setting_chooses_the_global_host_and_only_where_there_is_one() {
        let host = |setting, name| {
            let set = Environment::of(&[("AWS_STS_REGIONAL_ENDPOINTS", setting)]);
            configured(&set, &known(name))
        };
        assert_eq!(host("", "us-west-2"), "sts.us-west-2.amazonaws.com");
        assert_eq!(host("regional", "us-west-2"), "sts.us-west-2.amazonaws.com");
        assert_eq!(host("legacy", "us-west-2"), STS_GLOBAL);
        assert_eq!(host("legacy", "cn-north-1"), "sts.cn-north-1.amazonaws.com.cn");
    }
}
