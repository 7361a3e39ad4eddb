//! The projected token is there, and this user may read it.

use super::{
    pod_identity_instead,
    workload::{self, TOKEN, Workload, workload},
};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Facts, TokenFile, inputs::PROBE_REPORT},
};

mod signs;

pub(super) static LINK: Link = Link {
    id: "token-file",
    title: "token file",
    means: "The file that AWS_WEB_IDENTITY_TOKEN_FILE names exists, this user may read it, and it holds a signed token and nothing else. Kubernetes gives it to the container's own user, or, with fsGroup, to that group; before 1.19 to root alone.",
    judged: "From the container's mounts, and from reading it once, bounded, as the pod's own user. Its content never leaves the pod.",
    sources: &[
        "https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken",
        "https://github.com/aws/amazon-eks-pod-identity-webhook/issues/8",
    ],
    faults: &[&VOLUME_MISSING, &MISSING, &UNREADABLE, &NOT_A_TOKEN],
    signs: signs::SIGNS,
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: workload::VERIFY,
    expect: "token file intact",
};

static VOLUME_MISSING: Fault = OURS.fault(
    "volume-missing",
    "the container <container> is told of a token file, but does not mount the token",
    "delete both variables from the pod template, so that the webhook sets them and mounts the token",
    "kubectl -n <namespace> get pod <pod> -o yaml | grep -n -A1 -E 'AWS_ROLE_ARN|AWS_WEB_IDENTITY_TOKEN_FILE|aws-iam-token'\n# the webhook leaves a container alone that has one of them already: delete both from the pod template",
);
static MISSING: Fault = OURS.fault(
    "missing",
    "the token file that the environment names does not exist",
    "re-create the pod, so that the webhook mounts what it announces",
    "kubectl -n <namespace> get pod <pod> -o jsonpath='{.spec.volumes[?(@.name==\"aws-iam-token\")]}'\n# empty: the template sets AWS_WEB_IDENTITY_TOKEN_FILE itself; delete it there, and let the webhook do both",
);
static UNREADABLE: Fault = OURS.fault(
    "unreadable",
    "the user of this container may not read the token file",
    "give the pod an fsGroup of its own, which the kubelet puts on the token",
    "# in the pod template:\nspec:\n  securityContext:\n    fsGroup: 65534    # any group of the workload's own",
);
pub(super) static NOT_A_TOKEN: Fault = OURS.fault(
    "not-a-token",
    "the token file holds no token: <why>",
    "let nothing but the projected volume write to that path",
    "kubectl -n <namespace> get pod <pod> -o yaml | grep -n -B2 -A8 eks.amazonaws.com/serviceaccount\n# a script or another volume puts something else there: remove it, and re-create the pod",
);

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    let own = workload(facts);
    if let Some(own) = own.as_ref().filter(|it| unmounted(it)) {
        let name = &own.container.name;
        let quote = own.source.quote_any(&[
            &format!("{name}: AWS_WEB_IDENTITY_TOKEN_FILE"),
            "AWS_WEB_IDENTITY_TOKEN_FILE",
        ]);
        let broken = Verdict::broken(&VOLUME_MISSING, "no volume aws-iam-token", quote);
        return Ok(broken.with("container", name));
    }
    let (file, source) = facts.pod.token.need(&PROBE_REPORT)?;
    Ok(match file {
        TokenFile::Claims(_) => Verdict::intact("readable, a signed token", source),
        TokenFile::Missing => Verdict::broken(&MISSING, "no such file", source.quote("")),
        TokenFile::Denied => {
            let detail = format!("permission denied{}", user(own.as_ref()));
            Verdict::broken(&UNREADABLE, detail, source.quote(""))
        }
        TokenFile::Malformed { why } => {
            Verdict::broken(&NOT_A_TOKEN, why, source.quote("")).with("why", why)
        }
    })
}

/// The path is the webhook's, and nothing that projects a token for AWS is mounted.
fn unmounted(own: &Workload) -> bool {
    let api = |volume: &str| volume.starts_with("kube-api-access");
    let tokens = own.pod.tokens.iter().map(|it| &it.volume);
    let mounted = |volume: &String| !api(volume) && own.container.mounts.contains(volume);
    own.container.identity.token_file.as_deref() == Some(TOKEN)
        && !own.container.mounts.iter().any(|it| it == "aws-iam-token")
        && !tokens.into_iter().any(mounted)
}

fn user(own: Option<&Workload>) -> String {
    let Some(own) = own else { return String::new() };
    let user =
        own.container.run_as_user.map_or("the image's user".to_owned(), |it| format!("uid {it}"));
    let group = own.pod.fs_group.map_or("no fsGroup".to_owned(), |it| format!("fsGroup {it}"));
    format!(" to {user}, {group}")
}
