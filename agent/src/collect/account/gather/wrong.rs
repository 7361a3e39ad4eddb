//! Why nothing can be looked at, in one sentence, and what to do next.

use super::Aws;
use crate::collect::account::session::Refused;

/// How many names help whoever mistook one.
const NAMES: usize = 20;

pub(super) fn credentials(why: &str) -> String {
    if why.starts_with("the region") {
        return "the region is not known: give --region, or set AWS_REGION".to_owned();
    }
    format!("{why}; once `aws sts get-caller-identity` answers here, run this again")
}

/// What AWS said instead of describing the cluster.
pub(super) async fn cluster(aws: &Aws, why: Refused) -> String {
    let (name, region) = (&aws.cluster, &aws.session.region);
    match &*why.code {
        "ResourceNotFoundException" => absent(aws).await,
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => format!(
            "the AWS credentials have expired ({}); renew them, such as by `aws sso login`, and run \
             this again",
            why.code
        ),
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "AuthFailure" => format!(
            "AWS does not accept these credentials in {region} ({}); `aws sts get-caller-identity \
             --region {region}` tells whether they are valid and the region is enabled",
            why.code
        ),
        "AccessDenied" | "AccessDeniedException" => format!(
            "cluster {name} cannot be looked at: {}; the README has the policy that is needed",
            why.why
        ),
        "" => format!(
            "EKS of {region} did not answer: {}; is that the cluster's region (--region), and is AWS \
             reached from here?",
            why.why
        ),
        _ => format!("cluster {name} cannot be looked at: {}", why.why),
    }
}

/// Somebody may have mistaken the name, or the region.
async fn absent(aws: &Aws) -> String {
    let (name, region) = (&aws.cluster, &aws.session.region);
    let others = match aws.clusters().await {
        Ok(all) if all.is_empty() => "that region has none".to_owned(),
        Ok(all) => {
            let more = all.len().saturating_sub(NAMES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let all: Vec<_> = all.iter().take(NAMES).map(String::as_str).collect();
            format!("there are {}{more}", all.join(", "))
        }
        Err(why) => format!("which there are is not known: {}", why.why),
    };
    format!("there is no cluster {name} in {region}; {others}; for another region give --region")
}
