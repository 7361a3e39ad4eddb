//! The workload's own SDK uses the web identity.

use super::pod_identity_instead;
use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::PROBE_REPORT, inputs::WORKLOAD_LOG},
};

pub(super) static LINK: Link = Link {
    id: "caller",
    title: "SDK uses web identity",
    means: "The workload calls AWS as the role that its ServiceAccount names.",
    judged: "Only from the workload itself: its log, CloudTrail, or an exec in its container. From a probe it is unknown, because AssumeRoleWithWebIdentity always returns the role that was asked for.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts-minimum-sdk.html",
    ],
    faults: &[&NODE_ROLE, &ANOTHER],
    signs: &[Sign::new(
        "assumed-role/<node-role>/i-<> is not authorized to perform",
        "AccessDenied: User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc123def4567890 is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
        &[Way(&LINK, &NODE_ROLE)],
    )],
    host: no_host,
    look,
};

const VERIFY: &str = "kubectl exec -n <namespace> <pod> -- aws sts get-caller-identity";

static NODE_ROLE: Fault = Fault {
    id: "node-role",
    plane: Plane::Iam,
    title: "the workload calls AWS as the node role <node-role>, not as its own",
    fix: "let the workload use its web identity; the node role stays as it is",
    change: "kubectl -n <namespace> get pod <pod> -o jsonpath='{.spec.containers[*].env}' | grep -o AWS_ROLE_ARN\n# absent: annotate the ServiceAccount and re-create the pod\n# present: the SDK is older than web identity, or was built without its STS module: upgrade it",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated, and act as their own role",
    verify: VERIFY,
    expect: "assumed-role/<role>",
};
static ANOTHER: Fault = Fault {
    id: "another-role",
    plane: Plane::Iam,
    title: "the workload calls AWS as another role than its ServiceAccount names",
    fix: "remove what the workload finds before its web identity: keys, a profile, its own assume-role",
    change: "kubectl -n <namespace> get pod <pod> -o jsonpath='{.spec.containers[*].env}' | grep -E 'AWS_(PROFILE|ACCESS_KEY_ID|CONFIG_FILE)'",
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: VERIFY,
    expect: "assumed-role/<role>",
};

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    let (arn, source) = facts.pod.caller.need(&WORKLOAD_LOG)?;
    let (env, _) = facts.pod.identity.need(&PROBE_REPORT)?;
    let wanted = env.role_arn.as_deref().and_then(crate::aws::RoleArn::parse);
    let mut parts = arn.rsplit('/');
    let (session, role) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match wanted {
        // EC2 names a node's session after its instance.
        _ if session.starts_with("i-") => {
            Ok(Verdict::broken(&NODE_ROLE, arn, source.quote(arn)).with("node-role", role))
        }
        Some(wanted) if wanted.name == role => Ok(Verdict::intact(arn, source)),
        Some(_) => Ok(Verdict::broken(&ANOTHER, arn, source.quote(arn))),
        None => Err(PROBE_REPORT.missing("which role is wanted was not seen")),
    }
}
