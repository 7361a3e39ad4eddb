//! The workload's own SDK uses its own role.

use super::{denial, wanted};
use crate::{
    aws::RoleArn,
    chain::{Common, Fault, Link, Look, Plane, Verdict, no_host},
    facts::{Facts, Observed, inputs::SERVICE_ACCOUNT, inputs::WORKLOAD_LOG},
};

mod signs;

pub(super) static LINK: Link = Link {
    id: "caller",
    title: "SDK uses its role",
    means: "The workload calls AWS as the role that its ServiceAccount, or its Pod Identity association, names. That a call succeeds proves nothing: as the node role it succeeds too. A session named i-… is a node's; a web identity's is named by the SDK, Pod Identity's begins with eks-.",
    judged: "Only from the workload itself: its log, CloudTrail, or an exec in its container. From a probe it is unknown, because AssumeRoleWithWebIdentity always returns the role that was asked for.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts-minimum-sdk.html",
        "https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html",
    ],
    faults: &[&NODE_ROLE, &ANOTHER, &IGNORES, &STS_MODULE, &NO_REGION],
    signs: signs::SIGNS,
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated, and act as their own role",
    verify: "kubectl exec -n <namespace> <pod> -c <container> -- aws sts get-caller-identity --query Arn --output text",
    expect: "assumed-role/<role>/",
};

const UPGRADE: &str = "kubectl -n <namespace> get pod <pod> -o jsonpath='{.spec.containers[*].env}' | grep -o AWS_ROLE_ARN\n# absent: annotate the ServiceAccount and re-create the pod\n# present: the SDK is older than web identity, or is not its default chain. Web identity needs at least\n#   Java 1.11.623 or 2.7.36, Go 1.23.13, boto3 1.9.220, botocore 1.12.200, CLI 1.16.232, Node 2.521.0,\n#   Ruby 2.11.345, C++ 1.7.174, .NET 3.3.580, PHP 3.110.7; see eks-triage explain irsa/caller";

pub(super) static NODE_ROLE: Fault = OURS.fault(
    "node-role",
    "the workload calls AWS as the node role <node-role>, not as its own",
    "let the workload use its own identity; the node role stays as it is",
    UPGRADE,
);
static ANOTHER: Fault = OURS.fault(
    "another-role",
    "the workload calls AWS as another role than its ServiceAccount names",
    "remove what the workload finds before its own identity: keys, a profile, its own assume-role",
    "kubectl -n <namespace> get pod <pod> -o jsonpath='{.spec.containers[*].env}' | grep -E 'AWS_(PROFILE|ACCESS_KEY_ID|CONFIG_FILE)'",
);
static IGNORES: Fault = OURS.fault(
    "sdk-ignores-web-identity",
    "the identity is injected, but the workload's SDK does not look for it and finds no credentials",
    "upgrade the SDK, and let the workload use its default chain of providers; roles stay as they are",
    UPGRADE,
);
static STS_MODULE: Fault = OURS.fault(
    "sdk-without-sts-module",
    "the workload's Java SDK was built without its STS module, which web identity needs",
    "add the SDK's module sts to the workload's build; roles stay as they are",
    "# Maven, in the version of the workload's other SDK modules:\nsoftware.amazon.awssdk:sts",
);
static NO_REGION: Fault = OURS.fault(
    "sdk-without-region",
    "the workload's SDK knows no region, so it cannot choose the STS host for its web identity",
    "give the SDK its region: load its whole default configuration, or set AWS_REGION in the template",
    "# in the pod template, where the webhook did not set it:\nenv:\n  - name: AWS_REGION\n    value: <region>\n# set already? a credentials provider that is built by itself has to be given the region in code",
);

fn look(facts: &Facts) -> Look {
    let spoken;
    let (arn, source) = match &facts.pod.caller {
        Observed::Seen { value, source } => (value.as_str(), source),
        other => {
            let Some((arn, source)) = denial::caller(facts) else {
                return Err(other.need(&WORKLOAD_LOG).err().unwrap_or_else(unseen));
            };
            spoken = source;
            (arn, &spoken)
        }
    };
    let mut parts = arn.rsplit('/');
    let (session, role) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match wanted::role(facts).and_then(RoleArn::parse) {
        // EC2 names a node's session after its instance.
        _ if session.starts_with("i-") => {
            Ok(Verdict::broken(&NODE_ROLE, arn, source.quote(arn)).with("node-role", role))
        }
        Some(wanted) if wanted.name == role => Ok(Verdict::intact(arn, source)),
        Some(_) if facts.pod.caller.value().is_some() => {
            Ok(Verdict::broken(&ANOTHER, arn, source.quote(arn)))
        }
        // A log may also tell of a role that the workload assumes on purpose.
        Some(_) => Err(WORKLOAD_LOG.doubt(format!("a call as {arn}"), source.quote(arn))),
        None => Err(SERVICE_ACCOUNT.missing("which role is wanted was not seen")),
    }
}

fn unseen() -> crate::facts::Missing {
    WORKLOAD_LOG.missing(crate::facts::NOT_SEEN)
}
