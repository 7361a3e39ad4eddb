//! The token is current and meant for STS.

use super::{pod_identity_instead, sts_endpoint, token_file, workload};
use crate::{
    aws::STS_AUDIENCE,
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Claims, Facts, Missing, Observed, Source, TokenFile, inputs::PROBE_REPORT, seconds},
};

pub(super) static LINK: Link = Link {
    id: "token-claims",
    title: "token claims",
    means: "The token is of this cluster's issuer and of the pod's own ServiceAccount, has not expired, and its audience is sts.amazonaws.com, in every partition. The kubelet renews the file; a client that keeps its content presents an old one. The clock agrees with that of AWS, by which signed calls are judged.",
    judged: "From the claims of the file against the time of the look, the cluster's issuer and the pod's ServiceAccount; the clock from the Date of STS's answer. Another audience is a fault only where STS refused it: a provider may list it on purpose.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html",
    ],
    faults: &[&CLOCK, &EXPIRED, &ISSUER, &SUBJECT, &AUDIENCE, &STALE, &REJECTED],
    signs: &[
        Sign::new(
            "Token expired: current date/time",
            "An error occurred (ExpiredTokenException) when calling the AssumeRoleWithWebIdentity operation: Token expired: current date/time 1772355600 must be before the expiration date/time1772352000",
            "https://github.com/aws/aws-sdk-js/issues/3166",
            &[Way(&LINK, &STALE)],
        )
        .showing(&[&sts_endpoint::LINK])
        .by_client(),
        Sign::new(
            "Token too old: ",
            "An error occurred (ExpiredTokenException) when calling the AssumeRoleWithWebIdentity operation: Token too old: 441398",
            "https://github.com/mozilla-iam/mozilla-aws-cli/issues/146",
            &[Way(&LINK, &STALE)],
        )
        .showing(&[&sts_endpoint::LINK])
        .by_client(),
        Sign::new(
            "IDPRejectedClaim",
            "An error occurred (IDPRejectedClaim) when calling the AssumeRoleWithWebIdentity operation: the claim was rejected",
            "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
            &[Way(&LINK, &REJECTED)],
        )
        .showing(&[&sts_endpoint::LINK]),
        Sign::new(
            "Signature expired: ",
            "An error occurred (SignatureDoesNotMatch) when calling the AssumeRole operation: Signature expired: 20260301T094500Z is now earlier than 20260301T095000Z (20260301T100500Z - 15 min.)",
            "https://github.com/devsecops/bootcamp/issues/101",
            &[Way(&LINK, &CLOCK)],
        ),
        Sign::new(
            "Signature not yet current: ",
            "level=error msg=\"SignatureDoesNotMatch: Signature not yet current: 20260301T102500Z is still later than 20260301T101000Z (20260301T100500Z + 5 min.)",
            "https://github.com/kubernetes-sigs/external-dns/issues/1626",
            &[Way(&LINK, &CLOCK)],
        ),
        Sign::new(
            "RequestTimeTooSkewed",
            "An error occurred (RequestTimeTooSkewed) when calling the ListBuckets operation: The difference between the request time and the current time is too large.",
            "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
            &[Way(&LINK, &CLOCK)],
        ),
        Sign::new(
            "Missing a required claim: ",
            "Aws::STS::Errors::InvalidIdentityToken \"Missing a required claim: aud\"",
            "https://github.com/aws/aws-sdk-ruby/issues/2698",
            NOT_OURS,
        ),
        // Whatever STS says more, unless another sign knows it.
        Sign::new(
            "<>InvalidIdentityToken",
            "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: Token must be signed",
            "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
            NOT_OURS,
        ),
    ],
    host: no_host,
    look,
};

/// No token as the kubelet makes them for this pod.
static NOT_OURS: &[Way] =
    &[Way(&token_file::LINK, &token_file::NOT_A_TOKEN), Way(&LINK, &ISSUER), Way(&LINK, &AUDIENCE)];

pub(super) const INCORRECT_AUDIENCE: &str = "Incorrect token audience";

/// Some services refuse a signature beyond this; STS itself beyond 15 minutes.
const SKEW: i64 = 300;

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: workload::VERIFY,
    expect: "token claims intact",
};

// The node's clock, but what breaks is a pod's identity; nodes join with a wrong clock or not at all.
pub(super) static CLOCK: Fault = Fault {
    owner: "the owner of the node",
    impact: "nothing restarts; signed calls of every pod on this node are accepted again",
    verify: "chronyc tracking    # on this pod's node",
    expect: "System time: less than a second",
    ..OURS.fault(
        "clock-skew",
        "the clock of this pod's node differs from that of AWS by more than signed calls may",
        "let the node's clock follow the Amazon Time Sync Service",
        "chronyc sources    # on this pod's node: 169.254.169.123 must be there, and reached\nsystemctl restart chronyd && chronyc makestep",
    )
};
static EXPIRED: Fault = Fault {
    plane: Plane::Node,
    owner: "the owner of the node",
    impact: "this pod is recreated",
    ..OURS.fault(
        "expired",
        "the token file itself expired at <expires>: the kubelet did not renew it",
        "bring the node's kubelet, or its clock, back; then re-create the pod",
        "eks-triage check    # on this pod's node: kubelet, endpoint and clock\nkubectl -n <namespace> delete pod <pod>",
    )
};
static ISSUER: Fault = OURS.fault(
    "issuer-mismatch",
    "the token is of the issuer <issuer>, which is not this cluster's",
    "let the webhook of this cluster mount the token",
    "kubectl -n <namespace> get pod <pod> -o yaml | grep -n -B2 -A8 AWS_WEB_IDENTITY_TOKEN_FILE\n# a token that the template brings along is another cluster's: delete it there, and let the webhook mount this one's\n# or the report mixes two clusters: compare with the cluster of the kubeconfig in use\naws eks describe-cluster --name <cluster> --query cluster.identity.oidc.issuer",
);
static SUBJECT: Fault = OURS.fault(
    "subject-mismatch",
    "the token is of <subject>, not of the pod's ServiceAccount <namespace>/<service-account>",
    "let the webhook mount the token of the pod's own ServiceAccount",
    "kubectl -n <namespace> get pod <pod> -o yaml | grep -n -B2 -A8 AWS_WEB_IDENTITY_TOKEN_FILE\n# the template mounts a token that is another's, such as one from a Secret: delete it there with its variable",
);
pub(super) static AUDIENCE: Fault = OURS.fault(
    "audience",
    "the token is made for <token-audience>, which the role's OIDC provider does not list",
    "let the projected token have the audience sts.amazonaws.com",
    "kubectl annotate --overwrite serviceaccount -n <namespace> <service-account> eks.amazonaws.com/audience=sts.amazonaws.com\n# where the template mounts its own token: audience: sts.amazonaws.com in that projected volume\n# where AWS_WEB_IDENTITY_TOKEN_FILE names the API server's token: delete it from the template, so that the webhook sets it\n# then re-create the pods that use it",
);
pub(super) static STALE: Fault = Fault {
    verify: "kubectl -n <namespace> logs NEW-POD --since=10m | grep -c ExpiredToken",
    expect: "0",
    ..OURS.fault(
        "stale-in-client",
        "the workload presents an expired token, though the kubelet renews the file",
        "restart the workload, and upgrade its SDK to one that reads the file again",
        "kubectl -n <namespace> delete pod <pod>\n# then raise the SDK to at least the version that EKS names for web identity",
    )
};
static REJECTED: Fault = OURS.fault(
    "claim-rejected",
    "STS says that the identity provider rejected a claim of the token: revoked or expired",
    "give the pod a new token",
    "kubectl -n <namespace> delete pod <pod>    # its controller creates it anew, with a new token",
);

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    if let Some(skewed) = skewed(&facts.pod.sts_regional).or(skewed(&facts.pod.sts_global)) {
        return Ok(skewed);
    }
    let (file, source) = facts.pod.token.need(&PROBE_REPORT)?;
    let TokenFile::Claims(claims) = file else {
        return Err(PROBE_REPORT.missing("no token was read"));
    };
    if claims.expires <= facts.taken_at {
        let broken = Verdict::broken(&EXPIRED, &claims.expires, source.quote("exp"));
        return Ok(broken.with("expires", &claims.expires));
    }
    if let Ok((answer, asked)) = facts.pod.web_identity.need(&PROBE_REPORT)
        && answer.code.starts_with("ExpiredToken")
    {
        // It was read just before: by this clock it holds, by that of STS it does not.
        let detail = format!("holds until {} by this clock, not by that of STS", claims.expires);
        let broken = Verdict::broken(&CLOCK, detail, asked.quote("ExpiredToken"));
        return Ok(broken.and_evidence(source.quote("exp")));
    }
    match foreign(facts, claims, source) {
        Some(broken) => Ok(broken),
        None => audience(facts, claims, source),
    }
}

/// What the server's clock said when this one said something else.
fn skewed(reach: &Observed<crate::facts::Reach>) -> Option<Verdict> {
    let Observed::Seen { value, source } = reach else { return None };
    let (here, there) = (source.at.as_ref()?, value.server_date.as_ref()?);
    let ahead = seconds(there, here)?;
    let (minutes, rest) = (ahead.abs() / 60, ahead.abs() % 60);
    let side = if ahead > 0 { "ahead of" } else { "behind" };
    let detail = format!("{minutes} min {rest} s {side} {}", value.host);
    let quote = || source.quote_any(&["Date: ", &value.host]);
    (ahead.abs() > SKEW).then(|| Verdict::broken(&CLOCK, detail, quote()))
}

/// Made by another issuer, or for another ServiceAccount.
fn foreign(facts: &Facts, claims: &Claims, source: &Source) -> Option<Verdict> {
    if let Observed::Seen { value, source: described } = &facts.account.cluster
        && !value.issuer.is_empty()
        && value.issuer.trim_end_matches('/') != claims.issuer.trim_end_matches('/')
    {
        let broken = Verdict::broken(&ISSUER, &claims.issuer, source.quote("iss"));
        let quote = described.quote_any(&[&value.issuer, "issuer"]);
        return Some(broken.and_evidence(quote).with("cluster", &value.name));
    }
    let pod = facts.cluster.pod.value().and_then(|it| it.present());
    let account = facts.cluster.service_account.value().and_then(|it| it.present());
    let (namespace, name) = pod
        .map(|it| (&it.namespace, &it.service_account))
        .or(account.map(|it| (&it.namespace, &it.name)))?;
    (claims.subject != format!("system:serviceaccount:{namespace}:{name}")).then(|| {
        let broken = Verdict::broken(&SUBJECT, &claims.subject, source.quote("sub"));
        broken.with("namespace", namespace).with("service-account", name)
    })
}

fn audience(facts: &Facts, claims: &Claims, source: &Source) -> Result<Verdict, Missing> {
    let audience = claims.audience.join(", ");
    if claims.audience.iter().any(|it| it == STS_AUDIENCE) {
        return Ok(Verdict::intact(&claims.subject, source));
    }
    let (answer, asked) = facts.pod.web_identity.need(&PROBE_REPORT).map_err(|mut missing| {
        missing.why = format!("made for {audience}; STS was not asked");
        missing
    })?;
    if answer.accepted() {
        return Ok(Verdict::intact(format!("made for {audience}, which STS accepts"), source));
    }
    if answer.message.contains(INCORRECT_AUDIENCE) {
        // The API server's own audience is its issuer, or its name in the cluster.
        let api =
            |it: &String| *it == claims.issuer || it.starts_with("https://kubernetes.default");
        let whose =
            if claims.audience.iter().any(api) { "the API server's token, for " } else { "" };
        let detail = format!("{whose}{audience}");
        let broken = Verdict::broken(&AUDIENCE, detail, asked.quote(INCORRECT_AUDIENCE));
        return Ok(broken.and_evidence(source.quote("aud")).with("token-audience", audience));
    }
    Err(PROBE_REPORT.missing(format!("made for {audience}; STS refused for another reason")))
}
