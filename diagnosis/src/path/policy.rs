//! Whether an endpoint's policy lets the node's calls through. It grants nothing; it only limits.
//!
//! Layers are downloaded with URLs that ECR signed, so that who calls S3 is not the node role alone;
//! images of the add-ons are in registries of other accounts. Such a call stops only where it is
//! refused whichever way it is looked at.

use super::{
    network::Network,
    walk::{Path, Stopped},
};
use crate::{
    aws::Service,
    facts::{
        RoleObject,
        aws::{Presence, Resource, ec2::VpcEndpoint},
        inputs::{NODE_CHECK, NODEGROUP, VPC_ENDPOINTS},
    },
    iam::{Answer, Policy, Request, trust},
};

/// In the shape of an ARN; no policy names it.
const ANOTHER: &str = "arn:aws:iam::000000000000:role/another";
/// Whose images most regions' add-ons are.
const ADD_ONS: &str = "602401143452";

pub(super) fn judge(
    network: &Network,
    service: Service,
    endpoint: &Resource<VpcEndpoint>,
    path: &mut Path,
) {
    let text = &endpoint.policy_document;
    let id = &endpoint.vpc_endpoint_id;
    if text.is_empty() {
        return path.opened(VPC_ENDPOINTS.missing(format!("the policy of {id} was not read")));
    }
    let Ok(policy) = Policy::parse(text) else {
        return path.opened(VPC_ENDPOINTS.missing(format!("the policy of {id} cannot be read")));
    };
    let Some(role) = role(network) else {
        return path.opened(NODEGROUP.missing("which role the nodes have was not read"));
    };
    for calls in calls(network, service, role) {
        let context = |it: &Request| {
            let it = it.clone().with("aws:SourceVpce", [&**id]);
            it.with("aws:SourceVpc", [network.vpc()]).with("aws:SecureTransport", ["true"])
        };
        let answers: Vec<Answer> = calls.iter().map(|it| trust(&policy, &context(it))).collect();
        let (Some(first), Some(call)) = (answers.first(), calls.first()) else { continue };
        if answers.iter().all(|it| matches!(it, Answer::Allowed { .. })) {
            continue;
        }
        let action = &call.action;
        let quote = endpoint.source.quote("\"PolicyDocument\"");
        if answers.iter().all(|it| matches!(it, Answer::Denied { .. })) {
            let words = match first {
                Answer::Denied { why, .. } => why.first().map(|it| it.words.clone()),
                _ => None,
            };
            let why = words.map_or(String::new(), |it| format!(" ({it})"));
            path.stop(
                Stopped::PolicyDenies,
                format!("its policy denies {action}{why}"),
                vec![quote],
            );
            path.named("action", action);
            path.named("resource", call.resource.as_deref().unwrap_or("*"));
            path.named("vpc-endpoint", id);
            return;
        }
        let why = format!("whether the policy of {id} lets {action} through is not certain");
        path.opened(NODE_CHECK.missing(why));
    }
}

fn role<'a>(network: &Network<'a>) -> Option<&'a str> {
    let role = network.group.role.value().and_then(RoleObject::present).map(|it| &*it.arn);
    let nodegroup = network.group.nodegroup.value().and_then(Presence::present);
    role.or(nodegroup.map(|it| &*it.node_role)).filter(|it| !it.is_empty())
}

/// Each call, in every way in which it may be made.
fn calls(network: &Network, service: Service, role: &str) -> Vec<Vec<Request>> {
    let region = network.region();
    let mut arn = network.cluster.arn.split(':');
    let partition = arn.nth(1).unwrap_or("aws");
    let account = arn.nth(2).unwrap_or_default();
    let call = |action, resource: &str| Request::call(role, action, Some(resource));
    match service {
        Service::Ec2 => vec![vec![call("ec2:DescribeInstances", "*")]],
        Service::EcrApi => vec![vec![call("ecr:GetAuthorizationToken", "*")]],
        Service::Sts => vec![vec![call("sts:GetCallerIdentity", "*")]],
        Service::Registry => {
            let of = |owner: &str| {
                let image = format!("arn:{partition}:ecr:{region}:{owner}:repository/image");
                call("ecr:BatchGetImage", &image)
            };
            vec![vec![of(ADD_ONS), of(account)]]
        }
        Service::Layers => {
            let layer = format!("arn:{partition}:s3:::prod-{region}-starport-layer-bucket/layer");
            let untold = ["aws:PrincipalAccount", "aws:PrincipalArn", "aws:username"];
            let other = Request::call(ANOTHER, "s3:GetObject", Some(&layer));
            let other = untold.iter().fold(other, |it, key| it.untold(key));
            vec![vec![call("s3:GetObject", &layer), other]]
        }
        Service::Eks | Service::EksAuth => Vec::new(),
    }
}
