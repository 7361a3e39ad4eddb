//! What keeps a workload from its AWS identity.

use super::decided::probe;
use super::{Expect, Program, Scenario};
use crate::config::Door;
use crate::token::Token;
use crate::workload::{TokenFile, Workload};
use crate::world::{self, Standin};

fn token(config: &mut crate::Config, token: Token) {
    config.workload.token = Some(TokenFile::Minted(token));
}

pub(super) static ALL: &[Scenario] = &[
    Scenario {
        id: "healthy-pod",
        title: "nothing is wrong with the pod",
        program: Program::Probe,
        arrange: |_| {},
        expect: Expect::Healthy,
    },
    probe(
        "annotation-malformed",
        "the role annotation is not the ARN of a role",
        |it| it.workload.role_arn = Some("arn:aws:iam::111122223333:user/api-reader".to_owned()),
        "iam",
        "irsa/role-arn/malformed",
    ),
    probe(
        "annotation-other-partition",
        "the role's ARN is of another partition than the region",
        |it| it.workload.role_arn = Some("arn:aws-cn:iam::111122223333:role/api-reader".to_owned()),
        "iam",
        "irsa/role-arn/other-partition",
    ),
    probe(
        "annotation-invisible-character",
        "the role annotation ends in a character that nobody sees",
        |it| it.workload.role_arn = Some(format!("{}\u{200b}", world::ROLE_ARN)),
        "iam",
        "irsa/role-arn/invisible-character",
    ),
    probe(
        "not-injected",
        "the pod was given no identity, and the node's is out of reach",
        |it| {
            it.workload = Workload::not_injected();
            it.door(Standin::Imds, Door::BlackHole);
        },
        "iam",
        "irsa/injection/not-injected",
    ),
    probe(
        "half-injected",
        "the pod's template sets one of the two variables itself",
        |it| {
            it.workload.role_arn = None;
            it.door(Standin::Imds, Door::BlackHole);
        },
        "iam",
        "irsa/injection/half-injected",
    ),
    probe(
        "node-role-shadow",
        "the pod was given no identity, and calls AWS as the node instead",
        |it| it.workload = Workload::not_injected(),
        "iam",
        "irsa/injection/hidden-by-node-role",
    ),
    probe(
        "static-keys",
        "keys in the environment win over the pod's own role",
        |it| it.workload.static_keys = true,
        "iam",
        "irsa/credential-precedence/static-keys",
    ),
    probe(
        "static-keys-before-pod-identity",
        "keys in the environment win over Pod Identity, too",
        |it| {
            it.workload = Workload { static_keys: true, ..Workload::with_pod_identity() };
            it.door(Standin::PodIdentity, Door::Open);
        },
        "iam",
        "irsa/credential-precedence/static-keys",
    ),
    Scenario {
        id: "profile",
        title: "a profile is set, which some SDKs take first",
        program: Program::Probe,
        arrange: |it| it.workload.env = vec![("AWS_PROFILE", "dev")],
        expect: Expect::Healthy,
    },
    probe(
        "token-missing",
        "the token file does not exist",
        |it| it.workload.token = Some(TokenFile::Missing),
        "iam",
        "irsa/token-file/missing",
    ),
    probe(
        "token-unreadable",
        "the pod's user may not read the token file",
        |it| it.workload.token = Some(TokenFile::Unreadable(Token::for_sts())),
        "iam",
        "irsa/token-file/unreadable",
    ),
    probe(
        "token-not-a-token",
        "a line of a log stands in the token file",
        |it| it.workload.token = Some(TokenFile::Bytes(b"level=info msg=\"written\"\n".to_vec())),
        "iam",
        "irsa/token-file/not-a-token",
    ),
    probe(
        "token-directory",
        "a folder lies where the token should",
        |it| it.workload.token = Some(TokenFile::Directory),
        "iam",
        "irsa/token-file/not-a-token",
    ),
    probe(
        "token-expired",
        "the kubelet did not renew the token",
        |it| token(it, Token { expires_in: -3600, ..Token::for_sts() }),
        "node",
        "irsa/token-claims/expired",
    ),
    probe(
        "wrong-audience",
        "the token is made for another audience",
        |it| token(it, Token::new("sts.amazonaws.com.cn")),
        "iam",
        "irsa/token-claims/audience",
    ),
    probe(
        "oidc-provider-missing",
        "the role's account has no OIDC provider for the cluster",
        |it| it.sts.provider = false,
        "iam",
        "irsa/oidc-provider/missing",
    ),
    Scenario {
        id: "oidc-audience-not-listed",
        title: "the OIDC provider lists another client id",
        program: Program::Probe,
        arrange: |it| it.sts.audiences = vec!["sts.amazonaws.com\u{200b}"],
        expect: Expect::Decided("iam", "irsa/provider-audience/not-listed"),
    },
];
