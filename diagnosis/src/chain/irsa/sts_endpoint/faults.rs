//! What is wrong with the choice of an STS host, and with the way of the pods alone.

use crate::chain::{Common, Fault, Plane};

use super::super::workload;

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the owner of the workload",
    impact: "the pods of this workload are recreated",
    verify: workload::VERIFY,
    expect: "STS endpoint intact",
};

pub(super) static PODS_CUT_OFF: Fault = Fault {
    owner: "the owner of the NetworkPolicy, or of the pods' security group, subnet or CoreDNS",
    impact: "nothing restarts; the pods that the same rule selects gain the same path",
    ..OURS.fault(
        "pods-cut-off",
        "the node reaches <host>, its pods do not",
        "mend the pods' own way to <host>; the node's and the VPC's endpoint work",
        "# the exact missing pair: this pod → <host>, TCP <port>. Look, in this order, for\n\
         # - a NetworkPolicy that selects the pod and does not allow it: evidence names those that were seen\n\
         kubectl -n <namespace> get networkpolicies\n\
         # - a security group for pods (SecurityGroupPolicy): its own outbound rules, and the endpoint's inbound rule for it\n\
         # - the route and SNAT of the subnet that pods take their addresses from, where it is not the node's\n\
         # - CoreDNS, when it is the name that fails: kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50",
    )
};
pub(super) static GLOBAL_CHOSEN: Fault = OURS.fault(
    "global-host-chosen",
    "this pod asks sts.amazonaws.com, which does not answer; the regional host does",
    "let the ServiceAccount choose the regional STS host",
    "kubectl annotate --overwrite serviceaccount -n <namespace> <service-account> eks.amazonaws.com/sts-regional-endpoints=true\n# the template sets AWS_STS_REGIONAL_ENDPOINTS itself? then set it to regional there; re-create the pods\n# it is regional already? then the SDK is too old to read it, or names the host itself: upgrade it",
);
pub(super) static GLOBAL_SILENT: Fault = OURS.fault(
    "global-host-silent",
    "this pod asks sts.amazonaws.com, which does not answer from its network",
    "let the pod ask the STS host of its region, for which a private network can have an endpoint",
    "kubectl annotate --overwrite serviceaccount -n <namespace> <service-account> eks.amazonaws.com/sts-regional-endpoints=true\n# then re-create the pods. AWS_STS_REGIONAL_ENDPOINTS is regional already? upgrade the SDK, which is too old to read it\n# the regional host is silent, too? its path is what is missing: this subnet → sts.<region>.amazonaws.com, TCP 443:\naws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.<region>.sts --query 'VpcEndpoints[].[VpcEndpointId,State,PrivateDnsEnabled,SubnetIds]'",
);
pub(super) static REGIONAL_CHOSEN: Fault = OURS.fault(
    "regional-host-chosen",
    "this pod asks <host>, which does not answer; sts.amazonaws.com does",
    "open the path to the regional host, or, where only the global one is allowed, choose that",
    "# the path: an interface endpoint of sts with private DNS, or NAT and the allow-list of the proxy, for <host>\n# only sts.amazonaws.com is allowed on purpose? then, until the regional one is, in the pod template:\n#   AWS_STS_REGIONAL_ENDPOINTS=legacy    # the webhook leaves a value alone that is there",
);
pub(in crate::chain::irsa) static WRONG_PARTITION: Fault = Fault {
    plane: Plane::Iam,
    ..OURS.fault(
        "wrong-partition-host",
        "the STS host that is asked, <host>, is of another partition than the cluster",
        "let the SDK ask the STS of the cluster's own region",
        "# in the pod template: set AWS_REGION to the cluster's region, or delete it, so that the webhook sets it\n# an endpoint that the application names itself (AWS_ENDPOINT_URL_STS, its own configuration) goes the same way",
    )
};
pub(super) static REGION_DISABLED: Fault = Fault {
    plane: Plane::Iam,
    owner: "the administrator of the role's account",
    impact: "every caller of STS in that region; nothing restarts",
    ..OURS.fault(
        "region-disabled",
        "STS is not active in this region for the role's account",
        "activate STS for that region in the role's account",
        "# IAM console of account <account>: Account settings, Security Token Service, the region <region>: activate\n# a region that must be opted into first:\naws account get-region-opt-status --region-name <region>",
    )
};
pub(super) static SIGN_REGION: Fault = Fault {
    plane: Plane::Iam,
    ..OURS.fault(
        "sign-region",
        "the client signs for another region than the STS host that it asks",
        "let the client name one region for both",
        "# the application gives an STS host by hand: give the region of that host beside it, or drop the host\nkubectl -n <namespace> get pod <pod> -o yaml | grep -n -A1 -E 'AWS_REGION|AWS_DEFAULT_REGION|AWS_ENDPOINT_URL'",
    )
};
pub(super) static THROTTLED: Fault = Fault {
    plane: Plane::Iam,
    owner: "whoever makes most of the calls in the role's account",
    impact: "nothing restarts",
    ..OURS.fault(
        "throttled",
        "STS refuses for now: too many calls in this account and region",
        "wait and retry with a pause; then find who asks so often",
        "# nothing is misconfigured: back off, and keep credentials for as long as they hold\naws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRoleWithWebIdentity --max-results 50",
    )
};
