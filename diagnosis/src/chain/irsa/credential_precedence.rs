//! Nothing that SDKs look at earlier stands before the web identity.

use super::{
    pod_identity_instead, token_claims,
    workload::{self, workload},
};
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{
        Facts,
        inputs::{POD, PROBE_REPORT},
    },
};

pub(super) static LINK: Link = Link {
    id: "credential-precedence",
    title: "credential precedence",
    means: "No static keys are in the environment: every SDK takes AWS_ACCESS_KEY_ID before the web identity, without a word. A profile is taken before it by some SDKs only.",
    judged: "From the names of the variables that the workload's container sets, else from the probe's own environment; the value of a key is not read. What envFrom brings is not seen: then it stays unknown. AWS_PROFILE is a risk.",
    sources: &[
        "https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html",
        "https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/credentials-chain.html",
    ],
    faults: &[&STATIC_KEYS],
    signs: &[
        Sign::new(
            "ExpiredToken<>The security token included in the request is expired",
            "ExpiredTokenException: The security token included in the request is expired",
            "https://github.com/aws/aws-sdk-js-v3/issues/3052",
            EXPIRED,
        )
        .by_client(),
        Sign::new(
            "The security token included in the request is expired (Service: ",
            "com.amazonaws.services.sqs.model.AmazonSQSException: The security token included in the request is expired (Service: AmazonSQS; Status Code: 403; Error Code: ExpiredToken; Request ID: 1)",
            "https://github.com/aws/aws-sdk-java: AmazonServiceException",
            EXPIRED,
        )
        .by_client(),
        Sign::new(
            "Exception: The security token included in the request is expired",
            "Amazon.SQS.AmazonSQSException: The security token included in the request is expired",
            "aws/aws-sdk-net sdk/src/Services, AmazonServiceException",
            EXPIRED,
        )
        .by_client(),
        Sign::new(
            "The provided token has expired",
            "An error occurred (ExpiredToken) when calling the GetObject operation: The provided token has expired.",
            "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
            EXPIRED,
        )
        .by_client(),
        Sign::new(
            "Request has expired",
            "RequestExpired: Request has expired.",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
            EXPIRED,
        )
        .by_client(),
        Sign::new(
            "The request signature we calculated does not match the signature you provided",
            "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method.",
            "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
            WRONG_SECRET,
        )
        .by_client(),
        Sign::new(
            "AWS was not able to validate the provided access credentials",
            "AuthFailure: AWS was not able to validate the provided access credentials",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
            WRONG_SECRET,
        )
        .by_client(),
    ],
    host: no_host,
    look,
};

/// Who signs keeps a session that ended: keys that were set once, or a client that does not renew.
static EXPIRED: &[Way] =
    &[Way(&LINK, &STATIC_KEYS), Way(&token_claims::LINK, &token_claims::STALE)];

/// A secret that is not the key's, or a clock that is wrong.
static WRONG_SECRET: &[Way] =
    &[Way(&LINK, &STATIC_KEYS), Way(&token_claims::LINK, &token_claims::CLOCK)];

pub(super) static STATIC_KEYS: Fault = Fault {
    id: "static-keys",
    plane: Plane::Iam,
    title: "static keys in the environment win over the pod's own role",
    fix: "remove the static keys from the pod template",
    change: "kubectl -n <namespace> get pod <pod> -o yaml | grep -n -A3 AWS_ACCESS_KEY_ID\n# delete AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN from env and envFrom, and retire that key",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated, and act as their own role",
    verify: workload::VERIFY,
    expect: "credential precedence intact",
};

fn look(facts: &Facts) -> Look {
    let own = workload(facts);
    let (env, source) = match &own {
        Some(own) => (&own.container.identity, own.source),
        None => facts.pod.identity.need(&PROBE_REPORT)?,
    };
    // They also win over Pod Identity.
    if env.static_keys {
        let quote = source.quote("AWS_ACCESS_KEY_ID");
        return Ok(Verdict::broken(&STATIC_KEYS, "AWS_ACCESS_KEY_ID is set", quote));
    }
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    if let Some(own) = own.as_ref().filter(|it| it.container.env_from) {
        let why = format!("container {} has envFrom, which may set keys", own.container.name);
        return Err(POD.missing(why));
    }
    if env.role_arn.is_none() || env.token_file.is_none() {
        return Err(PROBE_REPORT.missing("no identity was injected"));
    }
    let intact = Verdict::intact("web identity comes first", source);
    Ok(match &env.profile {
        Some(profile) => {
            let title = format!(
                "AWS_PROFILE={profile} is set: some SDKs take a profile before the web identity"
            );
            intact.and_risk(title, source.quote("AWS_PROFILE"))
        }
        None => intact,
    })
}
