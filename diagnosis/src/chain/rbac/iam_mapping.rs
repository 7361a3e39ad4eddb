//! The cluster knows the caller's IAM principal: by an access entry, or by aws-auth.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{ApiUser, Facts, Observed, inputs::ACCESS_ENTRIES},
};

use super::{authentication, mapping};

pub(super) static LINK: Link = Link {
    id: "iam-mapping",
    title: "IAM principal is mapped",
    means: "Exactly one access entry, or one entry of aws-auth, names the IAM role or user that calls. ServiceAccounts need none.",
    judged: "From the username that the API server gives the caller; one of a ServiceAccount or node has nothing to map. Without it, from the caller's ARN against the list of access entries and aws-auth, where a line says that it was refused. The authenticator's own log says outright that an ARN is not mapped.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html",
        "https://github.com/kubernetes-sigs/aws-iam-authenticator/issues/268",
    ],
    faults: &[&NOT_MAPPED, &PATH_IN_ARN, &MAPPED_TO_NO_NAME],
    signs: &[
        Sign::new(
            "access denied<>arn=\"<principal>\"<>ARN is not mapped",
            r#"time="2021-10-18T21:17:08Z" level=warning msg="access denied" arn="arn:aws:iam::111122223333:role/developer" client="127.0.0.1:40378" error="ARN is not mapped" method=POST path=/authenticate"#,
            "https://github.com/kubernetes-sigs/aws-iam-authenticator/issues/406",
            &[Way(&LINK, &NOT_MAPPED)],
        ),
        Sign::new(
            "ARN is not mapped: <principal>",
            "error: ARN is not mapped: arn:aws:iam::111122223333:role/developer",
            "https://github.com/kubernetes-sigs/aws-iam-authenticator/issues/406",
            &[Way(&LINK, &NOT_MAPPED)],
        ),
        Sign::new(
            "getting auth ConfigMap: Unauthorized",
            "[✖]  getting auth ConfigMap: Unauthorized",
            "https://github.com/eksctl-io/eksctl/issues/1510",
            &[Way(&LINK, &NOT_MAPPED)],
        ),
        Sign::new(
            "Your current user or role does not have access to Kubernetes objects on this EKS cluster",
            "Your current user or role does not have access to Kubernetes objects on this EKS cluster. This may be due to the current user or role not having Kubernetes RBAC permissions",
            "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting-iam.html",
            &[Way(&LINK, &NOT_MAPPED)],
        ),
        Sign::new(
            "olearn: arn:<>:role/<>/",
            "    - rolearn: arn:aws:iam::111122223333:role/gitlab-ci/gitlab-runner",
            "https://github.com/kubernetes-sigs/aws-iam-authenticator/issues/268",
            &[Way(&LINK, &PATH_IN_ARN)],
        ),
        Sign::new(
            "username must be set",
            r#"level=warning msg="error mapping" error="invalid mapping: username must be set""#,
            "kubernetes-sigs/aws-iam-authenticator pkg/config/mapper.go, v0.6",
            &[Way(&LINK, &MAPPED_TO_NO_NAME)],
        )
        .showing(&[&authentication::LINK]),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Rbac,
    owner: "the administrator of the cluster",
    impact: "everyone who uses this IAM principal; nothing restarts",
    verify: "kubectl auth whoami    # with that principal's credentials",
    expect: "the ARN of the principal",
};

pub(super) static NOT_MAPPED: Fault = OURS.fault(
    "not-mapped",
    "the cluster does not know the caller's IAM principal",
    "give exactly this principal one access entry, with the narrowest access policy and scope that serves",
    "# the role or user that really calls, and whether it is the one that was meant:\n\
     aws sts get-caller-identity --query Arn\n\
     aws eks list-access-entries --cluster-name <cluster>\n\
     # the other profile or role was meant? then nothing has to be granted:\n\
     #   aws eks update-kubeconfig --name <cluster> --role-arn <principal>\n\
     aws eks create-access-entry --cluster-name <cluster> --principal-arn <principal>\n\
     aws eks associate-access-policy --cluster-name <cluster> --principal-arn <principal> \\\n  \
     --access-scope type=namespace,namespaces=<namespace> \\\n  \
     --policy-arn arn:<partition>:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
);
pub(super) static PATH_IN_ARN: Fault = OURS.fault(
    "path-in-role-arn",
    "aws-auth names a role with its path, by which the authenticator never finds it",
    "map the role by an access entry, which knows paths, or take the path out of the ARN in aws-auth",
    "# an access entry takes the ARN as it is, path included:\n\
     aws eks create-access-entry --cluster-name <cluster> --principal-arn <principal> --kubernetes-groups <group>\n\
     # without access entries: in kube-system/aws-auth write arn:…:role/NAME for arn:…:role/PATH/NAME\n\
     #   kubectl -n kube-system edit configmap aws-auth",
);
static MAPPED_TO_NO_NAME: Fault = OURS.fault(
    "mapped-without-username",
    "the entry in aws-auth has groups, but no username",
    "give that entry a username",
    "# kubectl -n kube-system edit configmap aws-auth: below rolearn and beside groups\n\
     #   username: <group>\n\
     kubectl -n kube-system get configmap aws-auth -o yaml",
);

fn look(facts: &Facts) -> Look {
    if let (Observed::Seen { value, source }, None) =
        (&facts.account.caller, facts.cluster.user.value())
    {
        return mapping::look(facts, value, source);
    }
    let (user, source) = facts.cluster.user.need(&ACCESS_ENTRIES)?;
    Ok(match user {
        ApiUser::Refused => return Err(ACCESS_ENTRIES.doubt("401", source.quote("401"))),
        ApiUser::Known(name) if name.starts_with("system:") => {
            Verdict::not_applicable(format!("{name} is no IAM principal"))
        }
        ApiUser::Known(name) => Verdict::intact(name, source),
    })
}
