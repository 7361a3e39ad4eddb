//! The EKS API: one cluster and its Pod Identity associations, for whoever signs with the desk's
//! key, and the cluster alone for the node's.
//!
//! Answers and refusals are shaped as in the API reference,
//! <https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html> and its neighbours.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::sts::form;
use crate::config::Described;
use crate::config::account::{Association, Unwilling};
use crate::reply::{Reply, Then};
use crate::server::Asked;
use crate::{sigv4, world};

/// 2026-02-01T08:05:00Z
const CREATED: f64 = 1_769_933_100.0;

pub(super) fn answer(asked: &Asked<'_>) -> Reply {
    let signer = match sigv4::verify(asked, "eks") {
        Ok(signer) => signer,
        Err((status, code, message)) => {
            // What STS calls so this API calls otherwise.
            let code = match code {
                "InvalidClientTokenId" => "UnrecognizedClientException",
                "ExpiredToken" => "ExpiredTokenException",
                "SignatureDoesNotMatch" => "InvalidSignatureException",
                other => other,
            };
            return refused(status, code, &message);
        }
    };
    let parts: Vec<_> = asked.path.trim_matches('/').split('/').collect();
    let action = match &parts[..] {
        ["clusters"] => "eks:ListClusters",
        ["clusters", _] => "eks:DescribeCluster",
        ["clusters", _, "pod-identity-associations"] => "eks:ListPodIdentityAssociations",
        ["clusters", _, "pod-identity-associations", _] => "eks:DescribePodIdentityAssociation",
        _ => return refused(404, "UnknownOperationException", "not played here"),
    };
    let desk = signer.role == "operator";
    let unwilling = asked.config.account.unwilling(action);
    let unwilling =
        unwilling.or((!desk && action != "eks:DescribeCluster").then_some(Unwilling::Denied));
    match unwilling {
        Some(Unwilling::Silent) => return Reply::json(200, &json!({})).then(Then::Hang),
        Some(it) => {
            let (status, code, message) = it.refusal(action);
            let who = format!("{}/{}", signer.role, signer.session);
            let message = message.replace("operator/desk", &who);
            let code = match it {
                Unwilling::Denied => "AccessDeniedException",
                Unwilling::Expired => "ExpiredTokenException",
                _ => code,
            };
            return refused(status, code, &message);
        }
        None => {}
    }
    if let Some(name) = parts.get(1).filter(|it| **it != asked.config.described.name) {
        let message = format!("No cluster found for name: {name}.");
        return refused(404, "ResourceNotFoundException", &message);
    }
    match &parts[..] {
        [_] => Reply::json(200, &json!({"clusters": [asked.config.described.name]})),
        [_, name] => Reply::json(200, &cluster(name, asked)),
        [_, _, _] => associations(asked),
        [.., id] => one(asked, id),
        [] => refused(404, "UnknownOperationException", "not played here"),
    }
}

fn refused(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &json!({"message": message})).with("x-amzn-errortype", code)
}

fn cluster(name: &str, asked: &Asked<'_>) -> Value {
    let Described { status, host, group, own_ca, private, ca, .. } = asked.config.described;
    let pki = asked.shared.pki();
    let played = if own_ca { pki.cluster_pem() } else { pki.public_pem() };
    let authority = STANDARD.encode(ca.unwrap_or(played));
    json!({"cluster": {
        "name": name, "status": status, "version": "1.34",
        "arn": format!("arn:aws:eks:{}:{}:cluster/{name}", world::REGION, world::ACCOUNT),
        "endpoint": format!("https://{host}"),
        "certificateAuthority": {"data": authority},
        "identity": {"oidc": {"issuer": world::ISSUER}},
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4"},
        "resourcesVpcConfig": {
            "vpcId": world::VPC, "clusterSecurityGroupId": group,
            "endpointPrivateAccess": private, "endpointPublicAccess": !private,
        },
    }})
}

fn associations(asked: &Asked<'_>) -> Reply {
    let query = form(asked.query.as_bytes());
    let wanted = |name: &str, own: &str| query.get(name).is_none_or(|it| it == own);
    let all = asked.config.account.associations.iter().enumerate();
    let of = all.filter(|(_, it)| {
        wanted("namespace", it.namespace) && wanted("serviceAccount", it.service_account)
    });
    let summaries: Vec<_> = of.map(|(at, it)| summary(at, it)).collect();
    Reply::json(200, &json!({"associations": summaries}))
}

fn one(asked: &Asked<'_>, id: &str) -> Reply {
    let mut all = asked.config.account.associations.iter().enumerate();
    let Some((at, it)) = all.find(|(at, _)| id_of(*at) == id) else {
        let message = format!("The association ID '{id}' was not found.");
        return refused(404, "ResourceNotFoundException", &message);
    };
    let mut association = summary(at, it);
    association["roleArn"] = it.role_arn.into();
    association["createdAt"] = CREATED.into();
    association["disableSessionTags"] = it.disable_session_tags.into();
    if let Some(arn) = it.target_role_arn {
        association["targetRoleArn"] = arn.into();
    }
    if let Some(id) = it.external_id {
        association["externalId"] = id.into();
    }
    Reply::json(200, &json!({"association": association}))
}

fn summary(at: usize, it: &Association) -> Value {
    let (region, account, name) = (world::REGION, world::ACCOUNT, world::CLUSTER_NAME);
    let id = id_of(at);
    json!({
        "clusterName": name, "namespace": it.namespace, "serviceAccount": it.service_account,
        "associationId": id,
        "associationArn":
            format!("arn:aws:eks:{region}:{account}:podidentityassociation/{name}/{id}"),
    })
}

fn id_of(at: usize) -> String {
    format!("a-example{at:08}")
}
