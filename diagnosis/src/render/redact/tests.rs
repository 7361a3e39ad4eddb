use super::*;

fn redactor(scope: Scope) -> Redactor {
    Redactor::new(scope)
}

#[test]
fn what_tells_an_owner_is_replaced_and_what_all_share_stays() {
    for (text, expected) in [
        (
            "arn:aws:iam::111122223333:role/team/api-reader.",
            "arn:aws:iam::account-1:role/path-1/role-1.",
        ),
        (
            "\"arn:aws:sts::111122223333:assumed-role/api/i-0abc123def4567890\"",
            "\"arn:aws:sts::account-1:assumed-role/role-1/instance-1\"",
        ),
        (
            "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
            "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
        ),
        ("arn:aws:s3:::data/key/*", "arn:aws:s3:::bucket-1/object-1/*"),
        ("arn:aws:iam::<account>:role/<role>", "arn:aws:iam::<account>:role/<role>"),
        (
            "arn:aws:eks:us-west-2:111122223333:podidentityassociation/shop/a-1b2c3d4e5f6g7h8i9",
            "arn:aws:eks:us-west-2:account-1:podidentityassociation/cluster-1/association-1",
        ),
        (
            "https://ABCDEF01.gr7.us-west-2.eks.amazonaws.com",
            "https://cluster-id-1.gr7.us-west-2.eks.amazonaws.com",
        ),
        (
            "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539:sub",
            "oidc.eks.us-west-2.amazonaws.com/id/cluster-id-1:sub",
        ),
        (
            "sts.us-west-2.amazonaws.com pods.eks.amazonaws.com sts.amazonaws.com",
            "sts.us-west-2.amazonaws.com pods.eks.amazonaws.com sts.amazonaws.com",
        ),
        ("eks.amazonaws.com/role-arn", "eks.amazonaws.com/role-arn"),
        (
            "169.254.169.254 127.0.0.1:61679 [fd00:ec2::254]:80",
            "169.254.169.254 127.0.0.1:61679 [fd00:ec2::254]:80",
        ),
        ("10.0.3.11:443, 10.0.3.0/24 and 10.0.3.11.", "address-1:443, address-2/24 and address-1."),
        ("[2001:db8::1]:443 at 10:05:00", "[address-1]:443 at 10:05:00"),
        ("mac 0a:1b:2c:3d:4e:5f at 10:05:00", "mac mac-1 at 10:05:00"),
        ("v1.34.2 of 1.2.3", "v1.34.2 of 1.2.3"),
        (
            "ip-10-0-1-10.us-west-2.compute.internal, ip-10-0-1-10",
            "node-1.us-west-2.compute.internal, node-1",
        ),
        ("eni-0123456789abcdef0 in subnet-0a1b2c3d", "eni-1 in subnet-1"),
        (
            "111122223333.dkr.ecr.us-west-2.amazonaws.com/team/api:1.4",
            "account-1.dkr.ecr.us-west-2.amazonaws.com/repository-1:1.4",
        ),
        (
            "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/pause:3.10",
            "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/pause:3.10",
        ),
        ("data.s3.us-west-2.amazonaws.com", "bucket-1.s3.us-west-2.amazonaws.com"),
        (
            "prod-us-west-2-starport-layer-bucket.s3.us-west-2.amazonaws.com",
            "prod-us-west-2-starport-layer-bucket.s3.us-west-2.amazonaws.com",
        ),
        (
            "https://git.corp.example/x, lookup git.corp.example on",
            "https://host-1/x, lookup host-1 on",
        ),
        (
            "vpce-0abc12345678-x1.sts.us-west-2.vpce.amazonaws.com",
            "endpoint-1-x1.sts.us-west-2.vpce.amazonaws.com",
        ),
        ("%3A111122223333%3Arole%2Fapi-reader", "%3Aaccount-1%3Arole%2Frole-1"),
        ("AROAABCDEFGHIJKLMNOPQ:session", "unique-id-1:session"),
        ("repo@sha256:0a1b user alice@corp.example", "repo@sha256:0a1b user person-1"),
        ("{\"roleName\": \"batch\"} says batch", "{\"roleName\": \"role-1\"} says role-1"),
        ("system:serviceaccount:prod:api", "system:serviceaccount:prod:api"),
    ] {
        assert_eq!(redactor(Scope::Account).text(text), expected);
    }
}

#[test]
fn names_of_workloads_are_replaced_when_asked() {
    let mut it = redactor(Scope::All);
    let text = "system:serviceaccount:prod:api and -n prod, not kube-system or productive";
    assert_eq!(
        it.text(text),
        "system:serviceaccount:namespace-1:serviceaccount-1 and -n namespace-1, \
         not kube-system or productive"
    );
    assert_eq!(it.text("web.prod.svc.cluster.local"), "web.namespace-1.svc.cluster.local");
}
