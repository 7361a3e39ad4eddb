//! The token for Pod Identity is there, current, and what the client sends.

use super::{AGENT_ERRORS, WORKLOAD, accepted, answer, not_in_use};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Answer, Facts, Source, TokenFile, inputs::PROBE_REPORT},
};

pub(super) static LINK: Link = Link {
    id: "pod-identity-token",
    title: "Pod Identity token",
    means: "The file that AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names is there, readable, has the audience pods.eks.amazonaws.com and has not expired; the client sends its content as it is, and reads it again when it changes.",
    judged: "From the file's claims against the time of the look, and from what the agent and EKS Auth say of the token that they were sent.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html",
        "aws/eks-pod-identity-agent internal/validation/request.go, 0.1.37",
    ],
    faults: &[
        &MISSING,
        &UNREADABLE,
        &NOT_A_TOKEN,
        &OTHER_AUDIENCE,
        &EXPIRED,
        &NOT_SENT,
        &ALTERED,
        &STALE,
        &FOREIGN,
    ],
    signs: &[
        Sign::new(
            "/serviceaccount/eks-pod-identity-token: permission denied",
            "failed to load credentials, open /var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token: permission denied",
            "aws/aws-sdk-go-v2 config/resolve_credentials.go, v1.28",
            &[Way(&LINK, &UNREADABLE)],
        )
        .by_client(),
        Sign::new(
            EMPTY,
            "HTTP 400 Service account token cannot be empty",
            VALIDATION,
            &[Way(&LINK, &NOT_SENT)],
        )
        .by_client(),
        Sign::new(
            UNPARSED,
            r#"{"level":"error","msg":"Error fetching credentials: Service account token cannot be parsed: token is malformed: could not base64 decode header: illegal base64 data at input byte 6"}"#,
            "https://github.com/n8n-io/n8n/issues/23584",
            &[Way(&LINK, &ALTERED)],
        )
        .by_client(),
        Sign::new(
            OUTDATED,
            "HTTP 400 Service account token failed basic claim validations: token has invalid claims: token is expired",
            VALIDATION,
            &[Way(&LINK, &STALE)],
        )
        .by_client(),
        Sign::new(
            "(ExpiredTokenException): The token included in the request is expired",
            "Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 response 400 from container metadata: [18b9740f-d967-4c97-86da-2f50f794b032]: (ExpiredTokenException): The token included in the request is expired: current date/time 2024-02-10T08:38:55.284028Z must be before the expiration date/time 2024-02-09T10:47:44Z., fault: client",
            "https://github.com/boto/botocore/issues/3117",
            &[Way(&LINK, &STALE)],
        )
        .by_client(),
        Sign::new(
            "(InvalidTokenException): <>, fault: client",
            "HTTP 400 [5a1f2c3d-0000-4000-8000-000000000002]: (InvalidTokenException): The specified Kubernetes service account token is invalid, fault: client",
            AGENT_ERRORS,
            &[Way(&LINK, &FOREIGN)],
        ),
    ],
    host: no_host,
    look,
};

const AUDIENCE: &str = "pods.eks.amazonaws.com";
const VALIDATION: &str = "aws/eks-pod-identity-agent internal/validation/request.go, 0.1.37";
const EMPTY: &str = "Service account token cannot be empty";
const UNPARSED: &str = "Service account token cannot be parsed: ";
const OUTDATED: &str = "Service account token failed basic claim validations: ";

const OURS: Common = Common { expect: "Pod Identity token intact", ..WORKLOAD };

static MISSING: Fault = OURS.fault(
    "missing",
    "the token file that AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names does not exist",
    "re-create the pod, so that the webhook mounts what it announces",
    "kubectl -n <namespace> get pod <pod> -o jsonpath='{.spec.volumes[?(@.name==\"eks-pod-identity-token\")]}'\n# empty: the template sets the variables itself; delete them there, and let the webhook do it all",
);
static UNREADABLE: Fault = OURS.fault(
    "unreadable",
    "the user of this container may not read the Pod Identity token",
    "give the pod an fsGroup of its own, which the kubelet puts on the token",
    "# in the pod template:\nspec:\n  securityContext:\n    fsGroup: 65534    # any group of the workload's own",
);
static NOT_A_TOKEN: Fault = OURS.fault(
    "not-a-token",
    "the Pod Identity token file holds no token: <why>",
    "let nothing but the projected volume write to that path",
    "kubectl -n <namespace> get pod <pod> -o yaml | grep -n -B2 -A8 pods.eks.amazonaws.com/serviceaccount\n# a script or another volume puts something else there: remove it, and re-create the pod",
);
static OTHER_AUDIENCE: Fault = OURS.fault(
    "other-audience",
    "the token that the agent is sent is made for <token-audience>, not for pods.eks.amazonaws.com",
    "let the variable name the token that the webhook mounts",
    "kubectl -n <namespace> get pod <pod> -o yaml | grep -A1 -E 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE|audience:'\n# delete that variable, and a volume eks-pod-identity-token of its own, from the pod template; the webhook sets both",
);
static EXPIRED: Fault = Fault {
    plane: Plane::Node,
    owner: "the owner of the node",
    impact: "this pod is recreated",
    ..OURS.fault(
        "expired",
        "the Pod Identity token itself expired at <expires>: the kubelet did not renew it",
        "bring the node's kubelet, or its clock, back; then re-create the pod",
        "eks-triage check    # on this pod's node: kubelet, endpoint and clock\nkubectl -n <namespace> delete pod <pod>",
    )
};
static NOT_SENT: Fault = OURS.fault(
    "not-sent",
    "the client sends the Pod Identity agent no token",
    "raise the SDK to one that reads AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "# an SDK for Amazon ECS alone knows AWS_CONTAINER_AUTHORIZATION_TOKEN, not the file: raise it to\n# at least the version that the EKS user guide names for Pod Identity, build, roll out",
);
static ALTERED: Fault = OURS.fault(
    "altered-by-client",
    "the client sends the Pod Identity agent something else than the token's plain text",
    "send the file's content alone, as the value of the header Authorization",
    "# no word `Bearer` before it, no line end after it: a program with a client of its own does that.\n# take the SDK's container credential provider instead, or upgrade the program",
);
static STALE: Fault = Fault {
    verify: "kubectl -n <namespace> logs NEW-POD --since=10m | grep -c -i expired",
    expect: "0",
    ..OURS.fault(
        "stale-in-client",
        "the workload sends an expired token, though the kubelet renews the file",
        "restart the workload, and raise its SDK to one that reads the file again",
        "kubectl -n <namespace> delete pod <pod>\n# botocore reads it anew for each refresh since 1.34.43; others: the newest minor version",
    )
};
static FOREIGN: Fault = OURS.fault(
    "foreign-token",
    "EKS Auth does not take the token for one of this cluster",
    "let the pod send its own token, and re-create a pod that outlived its ServiceAccount",
    "kubectl -n <namespace> get pod <pod> -o yaml | grep -A8 'name: eks-pod-identity-token'\n# a token that was copied from another cluster, or whose ServiceAccount was deleted and made anew:\nkubectl -n <namespace> delete pod <pod>",
);

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = not_in_use(facts) {
        return Ok(verdict);
    }
    let file = facts.pod.pod_identity_token.need(&PROBE_REPORT);
    if let (Err(_), Some(source)) = (&file, accepted(facts)) {
        return Ok(Verdict::intact("the agent accepts it", source));
    }
    let (file, source) = file?;
    let claims = match file {
        TokenFile::Claims(claims) => claims,
        TokenFile::Missing => {
            return Ok(Verdict::broken(&MISSING, "no such file", source.quote("")));
        }
        TokenFile::Denied => {
            return Ok(Verdict::broken(&UNREADABLE, "permission denied", source.quote("")));
        }
        TokenFile::Malformed { why } => {
            let broken = Verdict::broken(&NOT_A_TOKEN, why, source.quote(""));
            return Ok(broken.with("why", why));
        }
    };
    if !claims.audience.iter().any(|it| it == AUDIENCE) {
        let audience = claims.audience.join(", ");
        let broken = Verdict::broken(&OTHER_AUDIENCE, &audience, source.quote("aud"));
        return Ok(broken.with("token-audience", audience));
    }
    if claims.expires <= facts.taken_at {
        let broken = Verdict::broken(&EXPIRED, &claims.expires, source.quote("exp"));
        return Ok(broken.with("expires", &claims.expires));
    }
    Ok(match answer(facts).and_then(|(it, at)| Some((of_token(it)?, it, at))) {
        Some((fault, it, at)) => said(fault, it, at),
        None => Verdict::intact(&claims.subject, source),
    })
}

/// What an answer says of the token, which was well when it was read.
fn of_token(answer: &Answer) -> Option<&'static Fault> {
    match answer.code.as_str() {
        "ExpiredTokenException" => Some(&STALE),
        "InvalidTokenException" => Some(&FOREIGN),
        "" if answer.message.contains(EMPTY) => Some(&NOT_SENT),
        "" if answer.message.contains(UNPARSED) => Some(&ALTERED),
        "" if answer.message.contains(OUTDATED) => Some(&STALE),
        _ => None,
    }
}

fn said(fault: &'static Fault, answer: &Answer, at: &Source) -> Verdict {
    Verdict::broken(fault, &answer.message, at.quote(""))
}
