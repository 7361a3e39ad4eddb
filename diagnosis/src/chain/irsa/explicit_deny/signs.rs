//! How AWS words a refusal by a kind of policy: `with an explicit deny in a TYPE policy`, and
//! `because no TYPE policy allows the ACTION action`. Since 2026 the policy's ARN may follow.
//!
//! Each begins with its line, so that a node's session in the same line is heard first.

use super::{
    BOUNDARY_DENIES, BOUNDARY_LACKS, ENDPOINT, IDENTITY_DENIES, LINK, RESOURCE_CONTROL,
    RESOURCE_DENIES, SERVICE_CONTROL, SESSION,
};
use crate::chain::{Sign, Way};

const GUIDE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html";
const WITH_ARN: &str =
    "https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns";

pub(super) static SIGNS: &[Sign] = &[
    Sign::new(
        "<>authorized to perform: <action> on resource: <resource> with an explicit deny in a service control policy: <policy>",
        "An error occurred (AccessDenied) when calling the ListRoles operation: User: arn:aws:sts::111122223333:assumed-role/api-reader/botocore-session-1 is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::111122223333:role/ with an explicit deny in a service control policy: arn:aws:organizations::444455556666:policy/o-example/service_control_policy/p-example1",
        WITH_ARN,
        &[Way(&LINK, &SERVICE_CONTROL)],
    ),
    Sign::new(
        "<>authorized to perform: <action> <>with an explicit deny in a service control policy",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: iam:ListRoles on resource: role x with an explicit deny in a service control policy",
        GUIDE,
        &[Way(&LINK, &SERVICE_CONTROL)],
    ),
    Sign::new(
        "<>authorized to perform: <action> <>because no service control policy allows the",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: ec2:DescribeInstances because no service control policy allows the ec2:DescribeInstances action",
        GUIDE,
        &[Way(&LINK, &SERVICE_CONTROL)],
    ),
    Sign::new(
        "<>authorized to perform: <action> on resource: <resource> with an explicit deny in a resource control policy: <policy>",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key with an explicit deny in a resource control policy: arn:aws:organizations::444455556666:policy/o-example/resource_control_policy/p-example2",
        WITH_ARN,
        &[Way(&LINK, &RESOURCE_CONTROL)],
    ),
    Sign::new(
        "<>authorized to perform: <action> <>with an explicit deny in a resource control policy",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key with an explicit deny in a resource control policy",
        GUIDE,
        &[Way(&LINK, &RESOURCE_CONTROL)],
    ),
    Sign::new(
        "<>authorized to perform: <action> <>because no resource control policy allows the",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key because no resource control policy allows the s3:GetObject action",
        GUIDE,
        &[Way(&LINK, &RESOURCE_CONTROL)],
    ),
    Sign::new(
        "<>authorized to perform: <action> on resource: <resource> with an explicit deny in a permissions boundary: <policy>",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key with an explicit deny in a permissions boundary: arn:aws:iam::111122223333:policy/limit",
        WITH_ARN,
        &[Way(&LINK, &BOUNDARY_DENIES)],
    ),
    Sign::new(
        "<>authorized to perform: <action> <>with an explicit deny in a permissions boundary",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key with an explicit deny in a permissions boundary",
        GUIDE,
        &[Way(&LINK, &BOUNDARY_DENIES)],
    ),
    Sign::new(
        "<>authorized to perform: <action> on resource: <resource> because no permissions boundary allows the",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key because no permissions boundary allows the s3:GetObject action",
        GUIDE,
        &[Way(&LINK, &BOUNDARY_LACKS)],
    ),
    Sign::new(
        "<>authorized to perform: <action> <>because no permissions boundary allows the",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject because no permissions boundary allows the s3:GetObject action",
        GUIDE,
        &[Way(&LINK, &BOUNDARY_LACKS)],
    ),
    Sign::new(
        "<>authorized to perform: <action> <>with an explicit deny in a session policy",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key with an explicit deny in a session policy",
        GUIDE,
        &[Way(&LINK, &SESSION)],
    ),
    Sign::new(
        "<>authorized to perform: <action> on resource: <resource> because no session policy allows the",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key because no session policy allows the s3:GetObject action",
        GUIDE,
        &[Way(&LINK, &SESSION)],
    ),
    Sign::new(
        "<>authorized to perform: <action> <>because no session policy allows the",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject because no session policy allows the s3:GetObject action",
        GUIDE,
        &[Way(&LINK, &SESSION)],
    ),
    Sign::new(
        "<>authorized to perform: <action> on resource: <resource> with an explicit deny in a VPC endpoint policy",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key with an explicit deny in a VPC endpoint policy",
        GUIDE,
        &[Way(&LINK, &ENDPOINT)],
    ),
    Sign::new(
        "<>authorized to perform: <action> <>with an explicit deny in a VPC endpoint policy",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject with an explicit deny in a VPC endpoint policy",
        GUIDE,
        &[Way(&LINK, &ENDPOINT)],
    ),
    Sign::new(
        "<>authorized to perform: <action> on resource: <resource> because no VPC endpoint policy allows the",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key because no VPC endpoint policy allows the s3:GetObject action",
        GUIDE,
        &[Way(&LINK, &ENDPOINT)],
    ),
    Sign::new(
        "<>authorized to perform: <action> <>because no VPC endpoint policy allows the",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject because no VPC endpoint policy allows the s3:GetObject action",
        GUIDE,
        &[Way(&LINK, &ENDPOINT)],
    ),
    Sign::new(
        "<>authorized to perform: <action> on resource: <resource> with an explicit deny in a resource-based policy",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-west-2:111122223333:key/1 with an explicit deny in a resource-based policy",
        GUIDE,
        &[Way(&LINK, &RESOURCE_DENIES)],
    ),
    Sign::new(
        "<>authorized to perform: <action> <>with an explicit deny in a resource-based policy",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: kms:Decrypt with an explicit deny in a resource-based policy",
        GUIDE,
        &[Way(&LINK, &RESOURCE_DENIES)],
    ),
    Sign::new(
        "<>authorized to perform: <action> on resource: <resource> with an explicit deny in an identity-based policy: <policy>",
        "User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/guard",
        WITH_ARN,
        &[Way(&LINK, &IDENTITY_DENIES)],
    ),
    Sign::new(
        "<>authorized to perform: <action> <>with an explicit deny in an identity-based policy",
        "Error: unable to get role (XPTO): AccessDenied: User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: iam:GetRole on resource: role api-reader with an explicit deny in an identity-based policy",
        "https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2517",
        &[Way(&LINK, &IDENTITY_DENIES)],
    ),
];
