//! The agent gets an answer from EKS Auth.

use super::{
    AGENT_ERRORS, VERIFY, accepted, answer, not_in_use, pod_identity_agent, pod_identity_token,
};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, ladder},
    facts::{Facts, inputs::POD_IDENTITY_AGENT_LOG},
};

pub(super) static LINK: Link = Link {
    id: "eks-auth",
    title: "EKS Auth",
    means: "The agent, with the node's role, calls eks-auth:AssumeRoleForPodIdentity and gets an answer. In a private cluster that takes the interface endpoint eks-auth.",
    judged: "From what the agent hands on of the answer: a code of EKS Auth shows that it was reached, HTTP 500 without one that it was not. Why not stands in the agent's own log, and in what the node measures itself, whose network the agent has.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/vpc-interface-endpoints.html",
    ],
    faults: &[
        &ladder::NAME_NOT_FOUND,
        &ladder::NAME_UNANSWERED,
        &ladder::CONNECT_TIMED_OUT,
        &ladder::ENDPOINT_CLOSED,
        &ladder::NO_WAY_OUT,
        &ladder::TLS_INTERCEPTED,
        &ladder::CONNECT_REFUSED,
        &UNREACHABLE,
        &SERVICE_ERROR,
        &THROTTLED,
        &NOT_ALLOWED,
    ],
    signs: &[
        Sign::new(
            "HTTP 500 []",
            "HTTP 500 []",
            AGENT_ERRORS,
            &[Way(&LINK, &UNREACHABLE)],
        )
        .showing(SHOWS),
        Sign::new(
            "Received non 200 response 500 from container metadata: []",
            "Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 response 500 from container metadata: []",
            AGENT_ERRORS,
            &[Way(&LINK, &UNREACHABLE)],
        )
        .showing(SHOWS),
        Sign::new(
            "/assume-role-for-pod-identity<>: context deadline exceeded",
            r#"{"level":"error","msg":"Error fetching credentials: error getting credentials to cache: unable to fetch credentials from EKS Auth: operation error EKS Auth: AssumeRoleForPodIdentity, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, Post \"https://eks-auth.us-west-2.api.aws/clusters/prod-cluster/assume-role-for-pod-identity\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"}"#,
            "aws/eks-pod-identity-agent internal/cloud/eksauth/service.go, 0.1.37",
            &[Way(&LINK, &UNREACHABLE)],
        ),
        Sign::new(
            "(InternalServerException): <>, fault: server",
            "HTTP 500 [5a1f2c3d-0000-4000-8000-000000000003]: (InternalServerException): These errors are usually caused by a server-side issue., fault: server",
            AGENT_ERRORS,
            &[Way(&LINK, &SERVICE_ERROR)],
        ),
        Sign::new(
            "(ServiceUnavailableException): <>, fault: server",
            "HTTP 503 [5a1f2c3d-0000-4000-8000-000000000004]: (ServiceUnavailableException): The service is unavailable. Back off and retry the operation., fault: server",
            AGENT_ERRORS,
            &[Way(&LINK, &SERVICE_ERROR)],
        ),
        Sign::new(
            "(ThrottlingException): <>, fault: client",
            "HTTP 429 [5a1f2c3d-0000-4000-8000-000000000005]: (ThrottlingException): The request was denied because your request rate is too high. Reduce the frequency of requests., fault: client",
            AGENT_ERRORS,
            &[Way(&LINK, &THROTTLED)],
        ),
        Sign::new(
            "is not authorized to perform: eks-auth:AssumeRoleForPodIdentity",
            "HTTP 400 [5a1f2c3d-0000-4000-8000-000000000006]: (AccessDeniedException): User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc123def4567890 is not authorized to perform: eks-auth:AssumeRoleForPodIdentity on resource: arn:aws:eks:us-west-2:111122223333:cluster/prod-cluster, fault: client",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
            &[Way(&LINK, &NOT_ALLOWED)],
        )
        .showing(SHOWS),
    ],
    host: |host| host.starts_with("eks-auth."),
    look,
};

/// What an answer of EKS Auth shows.
pub(super) static ANSWERED: &[&Link] =
    &[&pod_identity_agent::LINK, &pod_identity_token::LINK, &LINK];

/// Who gets this answer came as far as the agent, with a token that it took.
static SHOWS: &[&Link] = &[&pod_identity_agent::LINK, &pod_identity_token::LINK];

const ALLOWED: &str = "eks-auth:AssumeRoleForPodIdentity";

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the owner of the VPC",
    impact: "every pod with Pod Identity on these nodes; nothing restarts",
    verify: VERIFY,
    expect: "EKS Auth intact",
};

pub(super) static UNREACHABLE: Fault = OURS.fault(
    "unreachable",
    "the Pod Identity agent gets no answer from EKS Auth",
    "give the nodes a path to EKS Auth: in a private cluster, the interface endpoint eks-auth",
    "kubectl logs -n kube-system -l app.kubernetes.io/name=eks-pod-identity-agent --tail=50 | grep eks-auth    # name, connection or TLS?\n\
     # private subnets: an interface endpoint of exactly this service, with private DNS\n\
     aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.<region>.eks-auth\n\
     # there is one? its security group must let the nodes in, TCP 443; its owner decides",
);
static SERVICE_ERROR: Fault = Fault {
    plane: Plane::Iam,
    owner: "AWS",
    ..OURS.fault(
        "service-error",
        "EKS Auth answers with an error of its own",
        "try again with a pause; SDKs do so by themselves",
        "# nothing to change on your side; does it last?\n\
         aws health describe-events --filter services=EKS    # or the AWS Health Dashboard",
    )
};
static THROTTLED: Fault = Fault {
    plane: Plane::Iam,
    owner: "the owner of the workloads that start together",
    ..OURS.fault(
        "throttled",
        "EKS Auth throttles this cluster's requests",
        "spread what starts at once; the agent keeps what it has fetched",
        "kubectl logs -n kube-system -l app.kubernetes.io/name=eks-pod-identity-agent --since=5m | grep -c 'Calling EKS Auth'\n\
         # a rollout of hundreds of pods: lower maxSurge, so that they start in turn",
    )
};
static NOT_ALLOWED: Fault = Fault {
    plane: Plane::Node,
    owner: "the owner of the node role",
    impact: "all nodes with this role; nothing restarts",
    ..OURS.fault(
        "agent-not-allowed",
        "the node role may not call eks-auth:AssumeRoleForPodIdentity, which the agent needs",
        "restore the node role's stock baseline, AmazonEKSWorkerNodePolicy, and add nothing else",
        "aws iam list-attached-role-policies --role-name <node-role>\n\
         aws iam attach-role-policy --role-name <node-role> --policy-arn arn:<partition>:iam::aws:policy/AmazonEKSWorkerNodePolicy\n\
         # attached already? then a Deny speaks against it: the message names the kind of policy. Workload permissions never belong here",
    )
};

/// The agent is in the node's own network: what keeps the node from EKS Auth keeps the agent.
fn measured(facts: &Facts) -> Option<Verdict> {
    let observed = &facts.node.eks_auth;
    let climbed =
        ladder::climb(facts, ladder::From::Node, LINK.faults, observed, &POD_IDENTITY_AGENT_LOG);
    let broken = climbed.ok()?.err()?;
    let known = broken.fault.is_some_and(|own| LINK.faults.iter().any(|it| it.id == own.id));
    known.then_some(broken)
}

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = not_in_use(facts) {
        return Ok(verdict);
    }
    if let Some(source) = accepted(facts) {
        return Ok(Verdict::intact("gives credentials", source));
    }
    let Some((said, source)) = answer(facts) else {
        return Err(POD_IDENTITY_AGENT_LOG.missing(crate::facts::NOT_SEEN));
    };
    let fault = match (said.code.as_str(), said.status) {
        ("", 500) if said.message == "[]" => &UNREACHABLE,
        ("", 500..) => return Err(POD_IDENTITY_AGENT_LOG.doubt(&said.message, source.quote(""))),
        // The agent's own refusals: it asked nobody.
        ("", _) => return Err(POD_IDENTITY_AGENT_LOG.missing("the agent did not ask")),
        ("InternalServerException" | "ServiceUnavailableException", _) => &SERVICE_ERROR,
        ("ThrottlingException", _) => &THROTTLED,
        ("AccessDeniedException", _) if said.message.contains(ALLOWED) => &NOT_ALLOWED,
        (code, _) => return Ok(Verdict::intact(format!("answers {code}"), source)),
    };
    if let (true, Some(measured)) = (std::ptr::eq(fault, &raw const UNREACHABLE), measured(facts)) {
        return Ok(measured.and_evidence(source.quote("")));
    }
    let broken = Verdict::broken(fault, &said.message, source.quote(""));
    let Some((before, after)) = said.message.split_once("assumed-role/") else { return Ok(broken) };
    let role = after.split('/').next().unwrap_or_default();
    // `arn:<partition>:sts::<account>:assumed-role/…`
    let arn = before.rfind("arn:").map_or("", |at| &before[at..]);
    let partition = arn.split(':').nth(1).unwrap_or("aws");
    Ok(broken.with("node-role", role).with("partition", partition))
}
