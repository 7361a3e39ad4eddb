//! As whom AWS and the cluster know this node: with the credentials of its own role, as the kubelet
//! has them. Only on demand.

use std::time::Duration;

use diagnosis::aws;
use diagnosis::facts::{Answer, ClusterIdentity, Instance, NodeUser, Observed, Source};
use reach::Net;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::ask::{self, Found, Missed, observed};
use super::cluster_api::Target;
use super::registry::{is_region, known};
use super::signed::{self, Credentials, Scope};

mod described;
mod token;

/// Two calls of AWS, one after the other, at their worst.
const LIMIT: Duration = Duration::from_secs(12);

const STS: &str = "regional STS endpoint";
const CALLER: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// What is asked in the node's name.
#[derive(Default)]
pub(super) struct Identity {
    /// `sts:GetCallerIdentity`
    pub(super) caller: Observed<Answer>,
    pub(super) token_judged: Observed<Answer>,
    pub(super) user: Observed<NodeUser>,
    /// What `eks:DescribeCluster` said of the name that this node was given.
    pub(super) cluster_named: Observed<Answer>,
    pub(super) cluster: Observed<ClusterIdentity>,
}

/// Those who know of cluster and server wait for `target`, which is told once.
pub(super) async fn look(
    net: &Net,
    region: Option<&str>,
    instance: impl AsyncFn() -> Observed<Instance>,
    credentials: Result<Credentials, String>,
    target: watch::Receiver<Option<Target>>,
    deadline: Instant,
) -> Identity {
    let deadline = ask::within(LIMIT, deadline);
    let credentials = match credentials {
        Ok(credentials) => credentials,
        Err(why) => return Identity::missed(&why),
    };
    let region = match region {
        Some(region) => Ok(region.to_owned()),
        None => known(&instance().await).map(|it| it.region),
    };
    let region = match region {
        Ok(region) if is_region(&region) => region,
        Ok(region) => return Identity::missed(&format!("`{region}` cannot be a region")),
        Err(why) => return Identity::missed(&why),
    };
    let about = async {
        let target = given(target, deadline).await;
        let described = described::look(net, &credentials, &region, &target, deadline);
        let token = token::look(net, &credentials, &region, &target, deadline);
        tokio::join!(described, token)
    };
    let caller = caller(net, &credentials, &region, deadline);
    let (caller, ((cluster_named, cluster), (token_judged, user))) = tokio::join!(caller, about);
    Identity {
        caller: observed(caller),
        token_judged: observed(token_judged),
        user: observed(user),
        cluster_named: observed(cluster_named),
        cluster: observed(cluster),
    }
}

impl Identity {
    fn missed(why: &str) -> Self {
        Self {
            caller: observed(Err(Missed::new(STS, why))),
            token_judged: observed(Err(Missed::new(STS, why))),
            user: observed(Err(Missed::new("SelfSubjectReview", why))),
            cluster_named: observed(Err(Missed::new("eks:DescribeCluster", why))),
            cluster: observed(Err(Missed::new("eks:DescribeCluster", why))),
        }
    }
}

async fn given(mut target: watch::Receiver<Option<Target>>, deadline: Instant) -> Target {
    match timeout_at(deadline, target.wait_for(Option::is_some)).await {
        Ok(Ok(known)) => known.clone().unwrap_or_default(),
        _ => Target::default(),
    }
}

async fn caller(
    net: &Net,
    credentials: &Credentials,
    region: &str,
    deadline: Instant,
) -> Found<Answer> {
    let place = format!("sts:GetCallerIdentity in {region}");
    let scope = Scope { service: "sts", region };
    let request = signed::query(&aws::sts_regional(region), CALLER)
        .map_err(|error| Missed::new(&place, error.to_string()))?;
    let said = signed::call(net, &place, credentials, scope, request, deadline).await?;
    identified(&place, said)
}

/// The ARN of a success is its detail.
fn identified(place: &str, mut said: signed::Said) -> Found<Answer> {
    if said.answer.accepted() {
        let text = str::from_utf8(&said.body).unwrap_or_default();
        let document = roxmltree::Document::parse(text).ok();
        let arn = document.as_ref().and_then(|it| {
            let mut all = it.descendants();
            all.find(|it| it.is_element() && it.tag_name().name() == "Arn")?.text()
        });
        let Some(arn) = arn.map(str::trim).filter(|it| it.starts_with("arn:")) else {
            return Err(Missed::new(place, "HTTP 200, but not in the words of STS"));
        };
        arn.clone_into(&mut said.answer.detail);
    }
    let source = Source::new(place, reach::now(), said.text());
    Ok((said.answer, source))
}
