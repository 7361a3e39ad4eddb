//! An association gives this ServiceAccount a role.

use super::{AGENT_ERRORS, VERIFY, accepted, associated, eks_auth, not_in_use, refused};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{AssociationObject, Facts, PodObject, ServiceAccountObject, inputs::ASSOCIATION},
};

pub(super) static LINK: Link = Link {
    id: "association",
    title: "Pod Identity association",
    means: "The cluster has an association of this namespace and ServiceAccount with a role. Nothing on the ServiceAccount itself says so: there is no annotation.",
    judged: "From the credentials that the agent hands out, else from the association as the EKS API has it. A pod that has nothing of Pod Identity, in a cluster without the association, does not use it: not applicable.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html",
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html",
    ],
    faults: &[&MISSING, &NOT_VISIBLE, &SERVICE_ACCOUNT_ABSENT],
    signs: &[Sign::new(
        NOT_FOUND,
        "Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 response 404 from container metadata: [5a1f2c3d-0000-4000-8000-000000000001]: (ResourceNotFoundException): The specified resource could not be found., fault: client",
        AGENT_ERRORS,
        &[Way(&LINK, &MISSING)],
    )
    .showing(eks_auth::ANSWERED)],
    host: no_host,
    look,
};

const NOT_FOUND: &str = "(ResourceNotFoundException): <>, fault: client";

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of the cluster's associations",
    impact: "every pod of this ServiceAccount that is created from now on",
    verify: VERIFY,
    expect: "Pod Identity association intact",
};

static MISSING: Fault = OURS.fault(
    "missing",
    "the cluster has no Pod Identity association for this namespace and ServiceAccount",
    "create the association for exactly this namespace and ServiceAccount, then re-create the pod",
    "aws eks create-pod-identity-association --cluster-name <cluster> --namespace <namespace> --service-account <service-account> --role-arn <role-arn>\n\
     # it takes effect after some seconds; then\n\
     kubectl -n <namespace> delete pod <pod>",
);
static NOT_VISIBLE: Fault = OURS.fault(
    "not-visible",
    "the association <association> exists, but EKS Auth does not find it for this pod",
    "wait some seconds after its creation; else compare the cluster that the agent asks for",
    "aws eks describe-pod-identity-association --cluster-name <cluster> --association-id <association> --query 'association.[namespace,serviceAccount,createdAt]'\n\
     # older than a minute? then the agent names another cluster to EKS Auth:\n\
     kubectl -n kube-system get daemonset eks-pod-identity-agent -o yaml | grep -A1 cluster-name",
);
static SERVICE_ACCOUNT_ABSENT: Fault = OURS.fault(
    "service-account-absent",
    "the association is for the ServiceAccount <namespace>/<service-account>, which does not exist",
    "create the ServiceAccount, or correct the name in the association",
    "kubectl -n <namespace> create serviceaccount <service-account>\n\
     # another name was meant? an association cannot be renamed: create the right one, then\n\
     aws eks delete-pod-identity-association --cluster-name <cluster> --association-id <association>",
);

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = not_in_use(facts) {
        return Ok(verdict);
    }
    let (object, source) = match (facts.account.association.need(&ASSOCIATION), accepted(facts)) {
        (_, Some(source)) => {
            let role = associated(facts).map(|(it, _)| it.role_arn.as_str());
            return Ok(Verdict::intact(role.unwrap_or("its agent gives credentials"), source));
        }
        (observed, None) => observed?,
    };
    let AssociationObject::Present(it) = object else {
        return Ok(Verdict::broken(&MISSING, "none", source.quote("")));
    };
    if let Some(ServiceAccountObject::Absent) = facts.cluster.service_account.value() {
        let quote = source.quote("serviceAccount");
        let broken = Verdict::broken(&SERVICE_ACCOUNT_ABSENT, "no such ServiceAccount", quote);
        let pod = facts.cluster.pod.value().and_then(PodObject::present);
        return Ok(match pod {
            Some(pod) => broken.with("service-account", &pod.service_account),
            None => broken,
        });
    }
    if let Some(("ResourceNotFoundException", asked)) = refused(facts) {
        let broken = Verdict::broken(&NOT_VISIBLE, "not found by EKS Auth", asked.quote(""));
        return Ok(broken.and_evidence(source.quote(&it.id)));
    }
    Ok(Verdict::intact(&it.role_arn, source))
}
