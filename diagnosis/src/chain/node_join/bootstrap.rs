//! What turns an instance into a node ran: nodeadm (AL2023), or bootstrap.sh (AL2).

use super::unit::{self, Trouble};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Ended, Facts, inputs::BOOTSTRAP_LOG},
};

pub(super) static LINK: Link = Link {
    id: "bootstrap",
    title: "bootstrap ran",
    means: "nodeadm, or bootstrap.sh on older images, wrote the kubelet's configuration and started it.",
    judged: "From its own lines, and from the state of its units, where systemd can be asked. A kubelet that answers shows that it ran; without any of these it stays unknown.",
    sources: &[
        "https://awslabs.github.io/amazon-eks-ami/nodeadm/",
        "https://docs.aws.amazon.com/eks/latest/userguide/al2023.html",
    ],
    faults: &[
        &NEVER_JOINED,
        &NO_PUBLIC_ADDRESS,
        &EC2_UNANSWERED,
        &EC2_DENIED,
        &NOT_EXECUTABLE,
        &NOT_ON_IMAGE,
        &NODEADM_FAILED,
        &USER_DATA_FAILED,
    ],
    signs: &[
        Sign::new(
            "Instances failed to join the kubernetes cluster",
            "NodeCreationFailure: Instances failed to join the kubernetes cluster",
            "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
            &[Way(&LINK, &NEVER_JOINED)],
        )
        .summary(),
        Sign::new(
            "NodeCreationFailure",
            "the node group is CREATE_FAILED: NodeCreationFailure",
            "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
            &[Way(&LINK, &NEVER_JOINED)],
        )
        .summary(),
        Sign::new(
            "does not automatically assign public IP addresses to instances launched into it",
            "One or more Amazon EC2 Subnets of [subnet-0abc123def4567890] for node group workers does not automatically assign public IP addresses to instances launched into it.",
            "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
            &[Way(&LINK, &NO_PUBLIC_ADDRESS)],
        ),
        Sign::new(
            "retrying request EC2/DescribeInstances, attempt",
            "nodeadm[2015]: SDK 2026/02/19 07:57:30 DEBUG retrying request EC2/DescribeInstances, attempt 2",
            "awslabs/amazon-eks-ami nodeadm/internal/api (instance details), 2026-07",
            &[Way(&LINK, &EC2_UNANSWERED)],
        ),
        Sign::new(
            "operation error EC2: DescribeInstances, https response error StatusCode: 0",
            r#"nodeadm[1730]: {"level":"fatal","msg":"Command failed","error":"expected err to be of type smithy.APIError, got operation error EC2: DescribeInstances, https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded"}"#,
            "https://github.com/awslabs/amazon-eks-ami/issues/2423",
            &[Way(&LINK, &EC2_UNANSWERED)],
        ),
        Sign::new(
            "operation error EC2: DescribeInstances<>UnauthorizedOperation",
            r#"nodeadm[1730]: {"level":"fatal","msg":"Command failed","error":"operation error EC2: DescribeInstances, https response error StatusCode: 403, RequestID: 1b9c, api error UnauthorizedOperation: You are not authorized to perform this operation."}"#,
            "awslabs/amazon-eks-ami nodeadm/internal/aws/ec2, 2026-07; the error's form is that of aws-sdk-go-v2",
            &[Way(&LINK, &EC2_DENIED)],
        ),
        Sign::new(
            "nodeadm<>: Failed at step EXEC spawning <>: Permission denied",
            "(nodeadm)[1748]: nodeadm-config.service: Failed at step EXEC spawning /usr/bin/nodeadm: Permission denied",
            "https://github.com/awslabs/amazon-eks-ami/issues",
            &[Way(&LINK, &NOT_EXECUTABLE)],
        ),
        Sign::new(
            "nodeadm<>: Failed to locate executable <>: Permission denied",
            "(nodeadm)[1748]: nodeadm-config.service: Failed to locate executable /usr/bin/nodeadm: Permission denied",
            "https://github.com/awslabs/amazon-eks-ami/issues",
            &[Way(&LINK, &NOT_EXECUTABLE)],
        ),
        Sign::new(
            "Unit nodeadm<>could not be found",
            "Unit nodeadm.service could not be found",
            "https://docs.aws.amazon.com/eks/latest/userguide/al2023.html",
            &[Way(&LINK, &NOT_ON_IMAGE)],
        ),
        Sign::new(
            "/etc/eks/bootstrap.sh: No such file or directory",
            "/var/lib/cloud/instance/scripts/part-001: line 3: /etc/eks/bootstrap.sh: No such file or directory",
            "https://docs.aws.amazon.com/eks/latest/userguide/al2023.html",
            &[Way(&LINK, &NOT_ON_IMAGE)],
        ),
        Sign::new(
            "bootstrap.sh has been removed from AL2023-based EKS AMIs",
            "ERROR: bootstrap.sh has been removed from AL2023-based EKS AMIs.",
            "https://github.com/awslabs/amazon-eks-ami/issues/2426",
            &[Way(&LINK, &NOT_ON_IMAGE)],
        ),
        Sign::new(
            "Failed to start nodeadm-",
            "Failed to start nodeadm-config.service - EKS Nodeadm Config.",
            "https://github.com/aws/karpenter-provider-aws/issues/7889",
            &[Way(&LINK, &NODEADM_FAILED)],
        )
        .summary(),
        Sign::new(
            "Dependency failed for nodeadm-run",
            "Dependency failed for nodeadm-run.service - EKS Nodeadm Run.",
            "https://github.com/aws/karpenter-provider-aws/issues/7889",
            &[Way(&LINK, &NODEADM_FAILED)],
        )
        .summary(),
        Sign::new(
            "nodeadm<>\"level\":\"fatal\"",
            "nodeadm[1918]: {\"level\":\"fatal\",\"ts\":1712221037.59,\"caller\":\"nodeadm/main.go:36\",\"msg\":\"Command failed\",\"error\":\"the configuration is empty\"}",
            "awslabs/amazon-eks-ami nodeadm/cmd/nodeadm/main.go",
            &[Way(&LINK, &NODEADM_FAILED)],
        ),
        Sign::new(
            "[WARNING]: Failed running /var",
            "cloud-init[4607]: util.py[WARNING]: Failed running /var/lib/cloud/instance/scripts/part-001 [1]",
            "canonical/cloud-init cloudinit/subp.py",
            &[Way(&LINK, &USER_DATA_FAILED)],
        )
        .summary(),
        Sign::new(
            "Failed to run module scripts",
            "cloud-init[4607]: cc_scripts_user.py[WARNING]: Failed to run module scripts-user (scripts in /var/lib/cloud/instance/scripts)",
            "canonical/cloud-init cloudinit/config/cc_scripts_user.py",
            &[Way(&LINK, &USER_DATA_FAILED)],
        )
        .summary(),
        Sign::new(
            "Error PATCHing '/settings",
            "early-boot-config[1650]: Error PATCHing '/settings?tx=bottlerocket-launch': Status 400 when PATCHing /settings?tx=bottlerocket-launch: Json deserialize error: invalid type: integer `1048576`, expected a string",
            "https://github.com/aws/karpenter-provider-aws/issues/2423",
            &[Way(&LINK, &USER_DATA_FAILED)],
        ),
        Sign::new(
            "Failed to start Bottlerocket userdata configuration system",
            "[FAILED] Failed to start Bottlerocket userdata configuration system.",
            "https://github.com/aws/karpenter-provider-aws/issues/2423",
            &[Way(&LINK, &USER_DATA_FAILED)],
        )
        .summary(),
        Sign::new(
            "/i-<> is not authorized to perform: eks:DescribeCluster",
            "cloud-init[2512]: An error occurred (AccessDeniedException) when calling the DescribeCluster operation: User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc123def4567890 is not authorized to perform: eks:DescribeCluster on resource: arn:aws:eks:us-west-2:111122223333:cluster/prod",
            "awslabs/amazon-eks-ami templates/al2/runtime/bootstrap.sh",
            &[Way(&LINK, &NODEADM_FAILED), Way(&LINK, &USER_DATA_FAILED)],
        ),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of the node group's launch template",
    impact: "new nodes of the group; those that did not join are replaced",
    verify: "kubectl get nodes",
    expect: "the node, Ready",
};

pub(super) static NEVER_JOINED: Fault = OURS.fault(
    "never-joined",
    "the instances started, but none registered in time; why is in their own log",
    "read the first error on one of the instances, from its console or by a session: only it names the cause",
    "eks-triage check    # on the instance: names the first link that does not hold\n\
     journalctl -u nodeadm-config -u nodeadm-run -u kubelet --no-pager | grep -iE 'error|fail|denied|unauthorized' | head -20\n\
     # without access to it:\n\
     aws ec2 get-console-output --instance-id <instance> --latest --output text | tail -n 100",
);
static NO_PUBLIC_ADDRESS: Fault = OURS.fault(
    "no-public-address",
    "the node group's subnets are public, but give their instances no public address",
    "use private subnets with a NAT gateway or endpoints, or let these subnets assign public addresses",
    "aws ec2 describe-subnets --subnet-ids <subnets> --query 'Subnets[].[SubnetId,MapPublicIpOnLaunch]'\n\
     # meant to be public: for each of them\n\
     aws ec2 modify-subnet-attribute --subnet-id <subnets> --map-public-ip-on-launch",
);
pub(super) static EC2_UNANSWERED: Fault = OURS.fault(
    "ec2-api-unanswered",
    "nodeadm gets no answer from the EC2 API, by which it learns the node's name",
    "give the node's subnet its path to the EC2 API: an interface endpoint ec2, or its route to the NAT gateway",
    "curl -sS -m 5 -o /dev/null -w '%{http_code} %{remote_ip}\\n' https://ec2.<region>.amazonaws.com    # on the node\n\
     aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.<region>.ec2\n\
     aws ec2 describe-route-tables --filters Name=association.subnet-id,Values=<subnets>",
);
pub(super) static EC2_DENIED: Fault = OURS.fault(
    "ec2-describe-denied",
    "nodeadm may not ask EC2 for this instance, by which it learns the node's name",
    "let nodeadm name the node by its instance id, which takes no call; or restore ec2:DescribeInstances, which only the owner of the node role can decide",
    "# in the NodeConfig of the user data:\n\
     #   spec: {featureGates: {InstanceIdNodeName: true}}\n\
     # else the exact pair that is missing, for the owner of the node role: ec2:DescribeInstances, called by\n\
     aws sts get-caller-identity --query Arn --output text    # on the node",
);
static NOT_EXECUTABLE: Fault = OURS.fault(
    "nodeadm-not-executable",
    "the image does not let systemd run nodeadm",
    "restore nodeadm's mode and SELinux label in the image, and let its file system be mounted with exec",
    "ls -lZ /usr/bin/nodeadm; findmnt -T /usr/bin/nodeadm; ausearch -m avc -c nodeadm | tail -n 5\n\
     restorecon -v /usr/bin/nodeadm    # in the build of the image, then new nodes",
);
static NOT_ON_IMAGE: Fault = OURS.fault(
    "bootstrap-not-on-image",
    "the user data calls a bootstrap that this image does not have",
    "give an AL2023 image a NodeConfig for nodeadm, and bootstrap.sh to an AL2 image only",
    "# AL2023: the user data is a NodeConfig, not a script:\n\
     #   apiVersion: node.eks.aws/v1alpha1\n\
     #   kind: NodeConfig\n\
     #   spec: {cluster: {name: <cluster>, apiServerEndpoint: …, certificateAuthority: …, cidr: …}}\n\
     aws eks describe-cluster --name <cluster> --query 'cluster.[endpoint,certificateAuthority.data,kubernetesNetworkConfig.serviceIpv4Cidr]'",
);
pub(super) static NODEADM_FAILED: Fault = OURS.fault(
    "nodeadm-failed",
    "nodeadm ended with an error, so that the kubelet was not configured",
    "read nodeadm's own last error on the instance, and correct what it names, mostly the NodeConfig of the user data",
    "journalctl -u nodeadm-config -u nodeadm-run --no-pager | grep -iE 'error|fatal|fail' | tail -n 10    # on the instance\n\
     # without access to it:\n\
     aws ec2 get-console-output --instance-id <instance> --latest --output text | grep -i nodeadm",
);
static USER_DATA_FAILED: Fault = OURS.fault(
    "user-data-failed",
    "a script of the user data ended with an error, so that the bootstrap in or after it did not run",
    "read what the script said last, correct it, and let it go on where a failure of it does not matter",
    "grep -B 20 -m 1 'Failed running' /var/log/cloud-init-output.log    # on the instance\n\
     cloud-init status --long",
);

fn look(facts: &Facts) -> Look {
    let kubelet = facts.node.kubelet.need(&BOOTSTRAP_LOG);
    if let Ok((reach, source)) = kubelet
        && reach.ended == Ended::Answered(200)
    {
        return Ok(Verdict::intact("the kubelet runs", source));
    }
    if let Some(broken) = by_units(facts) {
        return Ok(broken);
    }
    kubelet?;
    Err(BOOTSTRAP_LOG.missing("the kubelet does not run"))
}

/// What systemd says when it could not run a program at all (`EXIT_EXEC`).
const NOT_RUN: i32 = 203;

/// Only nodeadm's own units: whatever else cloud-init did may have failed without harm.
fn by_units(facts: &Facts) -> Option<Verdict> {
    let (units, source) = facts.node.host.bootstrap_units.need(&BOOTSTRAP_LOG).ok()?;
    let nodeadm = units.iter().filter(|it| it.name.starts_with("nodeadm"));
    let mut failed = nodeadm
        .filter(|it| matches!(unit::trouble(it), Some(Trouble::Failed | Trouble::StartLimit)));
    let it = failed.next()?;
    let not_run = it.exit_status == Some(NOT_RUN);
    let fault = if not_run { &NOT_EXECUTABLE } else { &NODEADM_FAILED };
    // Their properties stand in one text, each unit's behind its name.
    let from = source.text.find(&format!("Id={}", it.name)).unwrap_or_default();
    let line = source.text[from..].lines().find(|it| it.starts_with("Result=")).unwrap_or_default();
    let detail = format!("{}: {}", it.name, unit::brief(it));
    Some(Verdict::broken(fault, detail, source.quote(line)))
}
