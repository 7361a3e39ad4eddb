//! `eks:DescribeCluster`: which cluster this is, by its name or else by its issuer.

use std::sync::Arc;

use diagnosis::facts::{ClusterIdentity, Observed, Source};
use tokio::task::JoinSet;

use super::Question;
use super::action::Action;
use super::session::{Refused, Session};
use super::text::word;
use crate::collect::ask::{Found, Missed, observed};

/// Of so many clusters each is asked for its issuer; where there are more, the name has to be given.
const MOST: i32 = 20;

const UNKNOWN: &str = "aws eks describe-cluster";

pub(super) async fn look(session: &Arc<Session>, question: &Question) -> Observed<ClusterIdentity> {
    let found = match (&question.cluster, &question.issuer) {
        (Some(cluster), _) => describe(session, name(cluster)).await,
        (None, Some(issuer)) => find(session, issuer).await,
        (None, None) => {
            Err(Missed::new(UNKNOWN, "neither the cluster's name nor its issuer is known"))
        }
    };
    observed(found)
}

/// kubeconfig mostly knows the ARN.
fn name(cluster: &str) -> &str {
    cluster.rsplit_once(":cluster/").map_or(cluster, |(_, name)| name)
}

async fn describe(session: &Session, name: &str) -> Found<ClusterIdentity> {
    let place = format!("aws eks describe-cluster --name {}", word(name));
    let request = session.eks.describe_cluster().name(name).send();
    let answer = session.call(Action::DescribeCluster, request).await;
    let Some(cluster) = answer.map_err(|error| error.at(&place))?.cluster else {
        return Err(Missed::new(&place, "eks:DescribeCluster: an answer without a cluster"));
    };
    let oidc = cluster.identity.and_then(|it| it.oidc);
    let identity = ClusterIdentity {
        name: cluster.name.unwrap_or_default(),
        arn: cluster.arn.unwrap_or_default(),
        issuer: oidc.and_then(|it| it.issuer).unwrap_or_default(),
        ..ClusterIdentity::default()
    };
    let text = format!("issuer {}", identity.issuer);
    Ok((identity, Source::new(place, reach::now(), text)))
}

async fn find(session: &Arc<Session>, issuer: &str) -> Found<ClusterIdentity> {
    let place = format!("aws eks list-clusters --region {}", word(&session.region));
    let missed = |error: Refused| error.at(&place);
    let request = session.eks.list_clusters().max_results(MOST).send();
    let answer = session.call(Action::ListClusters, request).await.map_err(missed)?;
    let names = answer.clusters.unwrap_or_default();
    if answer.next_token.is_some() {
        let why = format!("there are more than {MOST} clusters; give the cluster's name");
        return Err(missed(Refused::because(why)));
    }
    let (count, mut looks) = (names.len(), JoinSet::new());
    for name in names {
        let session = Arc::clone(session);
        looks.spawn(async move { describe(&session, &name).await });
    }
    let mut failed = None;
    while let Some(Ok(found)) = looks.join_next().await {
        match found {
            Ok((cluster, source)) if same(&cluster.issuer, issuer) => return Ok((cluster, source)),
            Ok(_) => {}
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.unwrap_or_else(|| {
        let why = format!("none of {count} clusters in {} has issuer {issuer}", session.region);
        missed(Refused::because(why))
    }))
}

fn same(one: &str, other: &str) -> bool {
    fn bare(it: &str) -> &str {
        it.strip_prefix("https://").unwrap_or(it)
    }
    bare(one) == bare(other)
}
