//! The Pod Identity association of one ServiceAccount.

use diagnosis::facts::{Association, AssociationObject, ClusterIdentity, Observed, Source};

use super::Question;
use super::action::Action;
use super::session::Session;
use super::text::{time, word};
use crate::collect::ask::{Found, Missed, observed};

const UNKNOWN: &str = "aws eks list-pod-identity-associations";

pub(super) async fn look<'a>(
    session: &Session,
    question: &Question,
    cluster: &impl AsyncFn() -> &'a Observed<ClusterIdentity>,
) -> Observed<AssociationObject> {
    // A name that was given is as good as one that was looked up, whatever else may be read.
    let name = match &question.cluster {
        Some(it) => Ok(it.rsplit_once(":cluster/").map_or(&**it, |(_, name)| name)),
        None => match cluster().await {
            Observed::Seen { value, .. } => Ok(&*value.name),
            Observed::Failed { why, .. } => Err(format!("the cluster is not known: {why}")),
            Observed::Skipped => Err("the cluster is not known".to_owned()),
        },
    };
    match name {
        Ok(name) => observed(find(session, name, question).await),
        Err(why) => observed(Err(Missed::new(UNKNOWN, why))),
    }
}

async fn find(session: &Session, cluster: &str, question: &Question) -> Found<AssociationObject> {
    let Question { namespace, service_account, .. } = question;
    let place = format!(
        "{UNKNOWN} --cluster-name {} --namespace {} --service-account {}",
        word(cluster),
        word(namespace),
        word(service_account)
    );
    let request = session
        .eks
        .list_pod_identity_associations()
        .cluster_name(cluster)
        .namespace(namespace)
        .service_account(service_account)
        .send();
    let answer = session.call(Action::ListPodIdentityAssociations, request).await;
    let all = answer.map_err(|error| error.at(&place))?.associations.unwrap_or_default();
    // EKS allows one for each ServiceAccount.
    let Some(id) = all.into_iter().find_map(|it| it.association_id) else {
        let text = format!("no association for {namespace}/{service_account}");
        return Ok((AssociationObject::Absent, Source::new(place, reach::now(), text)));
    };
    describe(session, cluster, &id).await
}

async fn describe(session: &Session, cluster: &str, id: &str) -> Found<AssociationObject> {
    let place = format!(
        "aws eks describe-pod-identity-association --cluster-name {} --association-id {}",
        word(cluster),
        word(id)
    );
    let request = session
        .eks
        .describe_pod_identity_association()
        .cluster_name(cluster)
        .association_id(id)
        .send();
    let answer = session.call(Action::DescribePodIdentityAssociation, request).await;
    let Some(found) = answer.map_err(|error| error.at(&place))?.association else {
        let why = "eks:DescribePodIdentityAssociation: an answer without an association";
        return Err(Missed::new(&place, why));
    };
    let association = Association {
        id: id.to_owned(),
        role_arn: found.role_arn.unwrap_or_default(),
        target_role_arn: found.target_role_arn.filter(|it| !it.is_empty()),
        external_id: found.external_id.filter(|it| !it.is_empty()),
        disable_session_tags: found.disable_session_tags.unwrap_or_default(),
        created: found.created_at.as_ref().and_then(time),
    };
    let (namespace, name) = (found.namespace.as_deref(), found.service_account.as_deref());
    let mut text = format!("association {id}");
    let mut line = |what: &str, it: Option<&str>| {
        if let Some(it) = it {
            text.extend(["\n", what, " ", it]);
        }
    };
    line("created", association.created.as_deref());
    let subject = format!("{}/{}", namespace.unwrap_or_default(), name.unwrap_or_default());
    line("serviceAccount", Some(&subject));
    line("roleArn", Some(&association.role_arn));
    line("targetRoleArn", association.target_role_arn.as_deref());
    line("externalId", association.external_id.as_deref());
    line("disableSessionTags", association.disable_session_tags.then_some("true"));
    Ok((AssociationObject::Present(association), Source::new(place, reach::now(), text)))
}
