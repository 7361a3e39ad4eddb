//! What keeps a workload from the role that its Pod Identity association names.

use super::{Expect, Program, Scenario};
use crate::config::identity::{Refusal, agent};
use crate::config::{Config, Door};
use crate::token::Token;
use crate::workload::{ContainerCredentials, TokenFile, Workload};
use crate::world::Standin;

const fn decided(
    id: &'static str,
    title: &'static str,
    arrange: fn(&mut Config),
    plane: &'static str,
    key: &'static str,
) -> Scenario {
    scenario(id, title, arrange, Expect::Decided(plane, key))
}

const fn scenario(
    id: &'static str,
    title: &'static str,
    arrange: fn(&mut Config),
    expect: Expect,
) -> Scenario {
    Scenario { id, title, program: Program::Probe, arrange, expect }
}

const fn undecided(
    plane: Option<&'static str>,
    link: Option<&'static str>,
    needs: &'static str,
) -> Expect {
    Expect::Undecided { plane, link, needs }
}

/// All as it should be.
fn associated(config: &mut Config) -> &mut ContainerCredentials {
    config.door(Standin::PodIdentity, Door::Open);
    config.workload = Workload::with_pod_identity();
    config.workload.pod_identity.get_or_insert_default()
}

fn token(config: &mut Config, token: TokenFile) {
    associated(config).token = Some(token);
}

fn refused(config: &mut Config, refusal: Refusal) {
    associated(config);
    config.pod_identity.refusal = Some(refusal);
}

/// Web identity beside it, as when an annotation was left behind.
fn both(config: &mut Config) {
    associated(config);
    let pod_identity = config.workload.pod_identity.take();
    config.workload = Workload { pod_identity, ..Workload::default() };
}

pub(super) static ALL: &[Scenario] = &[
    scenario(
        "pod-identity",
        "Pod Identity is configured instead, and works",
        |it| _ = associated(it),
        Expect::Healthy,
    ),
    scenario(
        "pod-identity-v6",
        "Pod Identity works over IPv6",
        |it| {
            associated(it).uri = "http://[fd00:ec2::23]/v1/credentials";
            it.door(Standin::PodIdentityV6, Door::Open);
        },
        Expect::Healthy,
    ),
    scenario(
        "pod-identity-no-association",
        "EKS Auth finds no association",
        |it| refused(it, agent::NO_ASSOCIATION),
        Expect::Decided("iam", "pod-identity/association/missing"),
    ),
    decided(
        "pod-identity-half-injected",
        "the template names the agent itself, but no token for it",
        |it| associated(it).token = None,
        "iam",
        "pod-identity/container-credentials/half-injected",
    ),
    decided(
        "both-mechanisms",
        "web identity wins over Pod Identity, and STS refuses it",
        |it| {
            both(it);
            it.sts.trusted = false;
        },
        "iam",
        "pod-identity/one-mechanism/web-identity-first",
    ),
    scenario(
        "both-mechanisms-work",
        "web identity and Pod Identity are both there, and both work",
        both,
        Expect::Healthy,
    ),
    decided(
        "pod-identity-agent-not-running",
        "nothing listens where the Pod Identity agent should",
        |it| {
            associated(it);
            it.door(Standin::PodIdentity, Door::Refused);
        },
        "network",
        "pod-identity/pod-identity-agent/not-running",
    ),
    decided(
        "pod-identity-agent-not-running-v6",
        "nothing listens at the IPv6 address of the Pod Identity agent",
        |it| associated(it).uri = "http://[fd00:ec2::23]/v1/credentials",
        "network",
        "pod-identity/pod-identity-agent/not-running",
    ),
    scenario(
        "pod-identity-agent-blackhole",
        "packets to the Pod Identity agent are dropped; by which policy, only the cluster says",
        |it| {
            associated(it);
            it.door(Standin::PodIdentity, Door::BlackHole);
        },
        undecided(None, Some("pod-identity/pod-identity-agent"), "network-policies"),
    ),
    scenario(
        "pod-identity-agent-silent",
        "the Pod Identity agent takes the request and says nothing",
        |it| {
            associated(it);
            it.door(Standin::PodIdentity, Door::Mute);
        },
        undecided(None, Some("pod-identity/pod-identity-agent"), "pod-identity-agent-log"),
    ),
    decided(
        "pod-identity-proxied",
        "a proxy is set, and the agent's address is not exempt",
        |it| {
            associated(it);
            it.workload.env = vec![("HTTP_PROXY", "http://user:canary-proxy@proxy.corp:3128")];
        },
        "network",
        "pod-identity/pod-identity-agent/proxied",
    ),
    scenario(
        "pod-identity-proxy-exempts-the-agent",
        "a proxy is set, and the agent's address is exempt",
        |it| {
            associated(it);
            it.workload.env = vec![
                ("HTTP_PROXY", "http://proxy.corp:3128"),
                ("NO_PROXY", "localhost,169.254.0.0/16"),
            ];
        },
        Expect::Healthy,
    ),
    decided(
        "pod-identity-wrong-address",
        "something in front of the agent calls it by another name",
        |it| refused(it, agent::INVALID_ADDRESS),
        "network",
        "pod-identity/pod-identity-agent/proxied",
    ),
    decided(
        "pod-identity-agent-throttles",
        "the agent is asked too often on this node",
        |it| refused(it, agent::TOO_MANY_REQUESTS),
        "iam",
        "pod-identity/pod-identity-agent/throttled",
    ),
    decided(
        "pod-identity-token-missing",
        "the Pod Identity token file does not exist",
        |it| token(it, TokenFile::Missing),
        "iam",
        "pod-identity/pod-identity-token/missing",
    ),
    decided(
        "pod-identity-token-unreadable",
        "the pod's user may not read the Pod Identity token",
        |it| token(it, TokenFile::Unreadable(Token::for_pod_identity())),
        "iam",
        "pod-identity/pod-identity-token/unreadable",
    ),
    decided(
        "pod-identity-token-not-a-token",
        "something else stands in the Pod Identity token file",
        |it| token(it, TokenFile::Bytes(b"level=info msg=\"written\"\n".to_vec())),
        "iam",
        "pod-identity/pod-identity-token/not-a-token",
    ),
    decided(
        "pod-identity-token-audience",
        "the file for Pod Identity holds the token for STS",
        |it| token(it, TokenFile::Minted(Token::for_sts())),
        "iam",
        "pod-identity/pod-identity-token/other-audience",
    ),
    decided(
        "pod-identity-token-expired",
        "the kubelet did not renew the Pod Identity token",
        |it| {
            let old = Token { expires_in: -3600, ..Token::for_pod_identity() };
            token(it, TokenFile::Minted(old));
        },
        "node",
        "pod-identity/pod-identity-token/expired",
    ),
    decided(
        "pod-identity-token-not-sent",
        "the token does not reach the agent",
        |it| refused(it, agent::EMPTY_TOKEN),
        "iam",
        "pod-identity/pod-identity-token/not-sent",
    ),
    decided(
        "pod-identity-token-altered",
        "what reaches the agent is no token",
        |it| refused(it, agent::UNPARSABLE_TOKEN),
        "iam",
        "pod-identity/pod-identity-token/altered-by-client",
    ),
    decided(
        "pod-identity-token-stale",
        "the agent is shown an expired token, though the file's is not",
        |it| refused(it, agent::EXPIRED_CLAIMS),
        "iam",
        "pod-identity/pod-identity-token/stale-in-client",
    ),
    decided(
        "pod-identity-token-stale-at-eks-auth",
        "EKS Auth is shown an expired token, though the file's is not",
        |it| refused(it, agent::TOKEN_EXPIRED),
        "iam",
        "pod-identity/pod-identity-token/stale-in-client",
    ),
    decided(
        "pod-identity-token-foreign",
        "EKS Auth does not know the token's issuer or pod",
        |it| refused(it, agent::TOKEN_INVALID),
        "iam",
        "pod-identity/pod-identity-token/foreign-token",
    ),
    decided(
        "eks-auth-unreachable",
        "the agent does not reach EKS Auth",
        |it| refused(it, agent::UNREACHED),
        "network",
        "pod-identity/eks-auth/unreachable",
    ),
    decided(
        "eks-auth-service-error",
        "EKS Auth answers with an error of its own",
        |it| refused(it, agent::SERVER),
        "iam",
        "pod-identity/eks-auth/service-error",
    ),
    decided(
        "eks-auth-throttles",
        "EKS Auth throttles the agent",
        |it| refused(it, agent::THROTTLED),
        "iam",
        "pod-identity/eks-auth/throttled",
    ),
    decided(
        "eks-auth-agent-not-allowed",
        "the node's role does not let the agent ask EKS Auth",
        |it| refused(it, agent::NODE_NOT_ALLOWED),
        "node",
        "pod-identity/eks-auth/agent-not-allowed",
    ),
    scenario(
        "pod-identity-role-not-assumed",
        "EKS may not assume the association's role; why, only its trust policy says",
        |it| refused(it, agent::ROLE_NOT_ASSUMED),
        undecided(Some("iam"), None, "association"),
    ),
];
