//! What may be refused to whoever creates nodes.

use crate::chain::{Common, Fault, Plane};

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the administrator of the account's IAM, for whoever creates the nodes",
    impact: "the creator alone; nodes that are there are not touched",
    verify: "eks-triage cluster <cluster> --region <region>, after the creator ran again",
    expect: "creator's permissions intact",
};

pub(super) static NOT_ALLOWED: Fault = OURS.fault(
    "not-allowed",
    "whoever creates the nodes may not: <action> is refused to <principal>",
    "let the creator's own role make exactly this call, then create again",
    "# one more statement in a policy of <principal>, not of the node role:\n\
     {\"Effect\": \"Allow\", \"Action\": \"<action>\", \"Resource\": \"<resource>\"}\n\
     # it is allowed already? then a boundary or a session policy stands against it: ask its owner",
);
pub(super) static BY_ORGANIZATION: Fault = Fault {
    owner: "the administrator of the organization's policies",
    ..OURS.fault(
        "organization-denies",
        "a service control policy of the organization refuses <action> to <principal>, who creates the nodes",
        "ask the organization's administrator for this call in this account and region, or create as it demands: some deny what lacks a tag, or another region",
        "# the owner of the service control policy decides; to find it, in the management account:\n\
         aws organizations list-policies-for-target --target-id <account> --filter SERVICE_CONTROL_POLICY\n\
         # no policy in this account can allow what is denied there",
    )
};
pub(super) static PASS_ROLE: Fault = OURS.fault(
    "may-not-pass-role",
    "<principal> creates the nodes, but may not hand them their role (iam:PassRole)",
    "let the creator pass exactly this one role, to EC2 and EKS",
    "# one more statement in a policy of <principal>:\n\
     {\"Effect\": \"Allow\", \"Action\": \"iam:PassRole\", \"Resource\": \"<resource>\"}",
);
pub(super) static SERVICE_LINKED_ROLE: Fault = OURS.fault(
    "no-service-linked-role",
    "a service-linked role that launching takes is not there, and the creator may not make it",
    "let an administrator make the service-linked role once for the account",
    "# the one that the message names; it is there already? then this says so, and changes nothing\n\
     aws iam create-service-linked-role --aws-service-name spot.amazonaws.com               # Spot Instances\n\
     aws iam create-service-linked-role --aws-service-name eks-nodegroup.amazonaws.com      # managed node groups\n\
     aws iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com        # Auto Scaling groups",
);
pub(super) static TEMPLATE: Fault = OURS.fault(
    "launch-template-not-allowed",
    "whoever makes the Auto Scaling group may not launch what its launch template says",
    "let the creator make the calls that Auto Scaling tries in its name: ec2:RunInstances, ec2:CreateTags where the template has tags, and iam:PassRole of the node role",
    "# which of them is refused, and by which policy, tried in the creator's own name without launching anything:\n\
     aws ec2 run-instances --dry-run --launch-template LaunchTemplateId=<launch-template>\n\
     # an encoded message? aws sts decode-authorization-message --encoded-message MESSAGE --query DecodedMessage --output text",
);
pub(super) static VOLUME_KEY: Fault = Fault {
    owner: "the owner of the KMS key of the volumes",
    impact: "the next instances launch; nothing restarts",
    ..OURS.fault(
        "volume-key",
        "instances end while they launch, because their volumes are encrypted by a key that the launching role may not use (Client.InternalError)",
        "let the key's policy name the service-linked role of Auto Scaling (for Karpenter: its controller's role), or encrypt the volumes by another key",
        "# the key: that of the launch template's volumes, of the image's snapshot, or the default one of the region\n\
         aws ec2 get-ebs-default-kms-key-id; aws ec2 describe-images --image-ids <ami> --query 'Images[].BlockDeviceMappings'\n\
         aws kms describe-key --key-id KEY --query KeyMetadata.KeyState    # must be Enabled\n\
         aws kms get-key-policy --key-id KEY --policy-name default --query Policy --output text\n\
         # the policy must allow arn:<partition>:iam::<account>:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling\n\
         # the calls kms:Encrypt, kms:Decrypt, kms:ReEncryptFrom, kms:ReEncryptTo, kms:GenerateDataKeyWithoutPlaintext,\n\
         # kms:DescribeKey and, where kms:GrantIsForAWSResource is true, kms:CreateGrant; a key of another account also needs a grant",
    )
};
pub(super) static ACCOUNT_NOT_READY: Fault = Fault {
    owner: "the administrator of the account",
    ..OURS.fault(
        "account-not-ready",
        "the account may not launch instances in this region yet",
        "finish the account's sign-up or verification, or enable the opt-in region",
        "aws account get-region-opt-status --region-name <region>\n\
         aws ec2 describe-instances --max-items 1    # OptInRequired, or PendingVerification: AWS Support finishes it",
    )
};
