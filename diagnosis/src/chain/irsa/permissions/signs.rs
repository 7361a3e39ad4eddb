//! How AWS words a refusal of a signed call: with the action, or in the service's own words.

use super::{
    super::{caller, explicit_deny, second_hop},
    LINK, NOT_ALLOWED, RESOURCE_LACKS,
};
use crate::chain::{Sign, Way};

pub(super) static SIGNS: &[Sign] = &[
    Sign::new(
        "User: arn:<>:sts::<account>:assumed-role/<role>/<> is not authorized to perform: <action> on resource: <resource> because no identity-based policy allows the",
        "AccessDenied: User: arn:aws:sts::111122223333:assumed-role/api-reader/botocore-session-1772359200 is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::data/key because no identity-based policy allows the s3:PutObject action",
        GUIDE,
        &[Way(&LINK, &NOT_ALLOWED)],
    ),
    Sign::new(
        "<>not authorized to perform: <action> <>because no identity-based policy allows the",
        "not authorized to perform: ec2:DescribeLaunchTemplateVersions because no identity-based policy allows the ec2:DescribeLaunchTemplateVersions action",
        "https://github.com/clouddrove/terraform-aws-eks-addons/pull/82",
        &[Way(&LINK, &NOT_ALLOWED)],
    ),
    Sign::new(
        "<>authorized to perform: <action> on resource: <resource> because no resource-based policy allows the",
        "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-west-2:444455556666:key/1 because no resource-based policy allows the kms:Decrypt action",
        GUIDE,
        &[Way(&LINK, &RESOURCE_LACKS)],
    ),
    Sign::new(
        "<>authorized to perform: <action> <>because no resource-based policy allows the",
        "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: kms:Decrypt because no resource-based policy allows the kms:Decrypt action",
        GUIDE,
        &[Way(&LINK, &RESOURCE_LACKS)],
    ),
    Sign::new(
        "<>is not authorized to perform: sts:AssumeRole on resource:",
        "An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:sts::111122223333:assumed-role/api-reader/s is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/data",
        "https://github.com/aws-solutions/automated-security-response-on-aws/issues/53",
        HOP_REFUSED,
    ),
    Sign::new(
        "<>is not authorized to perform: <action>",
        "AccessDenied: User: arn:aws:sts::111122223333:assumed-role/api-reader/1712345678901234567 is not authorized to perform: route53:ListHostedZones",
        GUIDE,
        REFUSED,
    ),
    Sign::new(
        "Roles may not be assumed by root accounts",
        "An error occurred (AccessDenied) when calling the AssumeRole operation: Roles may not be assumed by root accounts.",
        "https://github.com/kubernetes/kubectl/issues/1243",
        &[Way(&LINK, &second_hop::ROOT)],
    ),
    Sign::new(
        "You are not authorized to perform this operation",
        "UnauthorizedOperation: You are not authorized to perform this operation.",
        "https://github.com/cilium/cilium/issues/13701",
        BY_ANYBODY,
    ),
    Sign::new(
        "Encoded authorization failure message:",
        "UnauthorizedOperation: You are not authorized to perform this operation. Encoded authorization failure message: b-xSys3hzcCdcOA2",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html",
        BY_ANYBODY,
    ),
    Sign::new(
        "AccessDenied: Access Denied",
        "msg=\"failed to run compaction\" err=\"AccessDenied: Access Denied status code: 403, request id: 4668X6ZVNE5AK5TK\"",
        "https://github.com/grafana/loki/issues/3718",
        BY_ANYBODY,
    ),
    Sign::new(
        "(AccessDenied) when calling the <call> operation: Access Denied",
        "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the GetObject operation: Access Denied",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
        BY_ANYBODY,
    ),
    Sign::new(
        "(403) when calling the <call> operation: Forbidden",
        "botocore.exceptions.ClientError: An error occurred (403) when calling the HeadObject operation: Forbidden",
        "boto/botocore botocore/exceptions.py",
        BY_ANYBODY,
    ),
    Sign::new(
        "Access Denied (Service: ",
        "com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 1)",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
        BY_ANYBODY,
    ),
    Sign::new(
        "Forbidden (Service: Amazon S3; Status Code: 403",
        "com.amazonaws.services.s3.model.AmazonS3Exception: Forbidden (Service: Amazon S3; Status Code: 403; Error Code: 403 Forbidden; Request ID: 1)",
        "https://github.com/NVIDIA/cudf-spark-tools/issues/2034",
        BY_ANYBODY,
    ),
    Sign::new(
        "null (Service: S3, Status Code: 403",
        "software.amazon.awssdk.services.s3.model.S3Exception: null (Service: S3, Status Code: 403, Request ID: 1)",
        "aws/aws-sdk-java-v2 core/sdk-core, AwsErrorDetails: an answer to HEAD has no words",
        BY_ANYBODY,
    ),
    Sign::new(
        "AmazonS3Exception: Access Denied",
        "Amazon.S3.AmazonS3Exception: Access Denied",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
        BY_ANYBODY,
    ),
    Sign::new(
        "AccessDenied (client): Access Denied",
        "`403 Forbidden` response: AccessDenied (client): Access Denied",
        "aws/aws-sdk-php src/WrappedHttpHandler.php",
        BY_ANYBODY,
    ),
    Sign::new(
        "operation error S3: <call> https response error StatusCode: 403, <>api error Forbidden: Forbidden",
        "operation error S3: HeadBucket, https response error StatusCode: 403, RequestID: 1, HostID: 1, api error Forbidden: Forbidden",
        "aws/aws-sdk-go-v2 service/s3: an answer to HEAD has no words",
        BY_ANYBODY,
    ),
    Sign::new(
        "Access to the resource http<>://<> is denied",
        "AccessDenied: Access to the resource https://sqs.us-east-1.amazonaws.com/111122223333/jobs is denied.",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting.html",
        BY_ANYBODY,
    ),
    Sign::new(
        "The ciphertext refers to a customer",
        "AccessDeniedException: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
        "https://github.com/external-secrets/kubernetes-external-secrets/issues/627",
        KEY_REFUSED,
    ),
    Sign::new(
        "AccessDenied: Access denied",
        "rpc error: code = Unknown desc = AccessDenied: Access denied status code: 403, request id: ac7ce2c3",
        "https://github.com/uswitch/kiam/issues/127",
        HOP_REFUSED,
    ),
    Sign::new(
        "Access Denied. Please ensure you have the right AWS permissions",
        "rpc error: code = Unauthenticated desc = Access Denied. Please ensure you have the right AWS permissions: Access denied",
        "https://github.com/kubernetes-sigs/aws-efs-csi-driver/issues/876",
        BY_ANYBODY,
    ),
    Sign::new(
        "mount.nfs4: access denied by server while mounting 127.0.0.1:/",
        "b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'",
        "https://github.com/terraform-aws-modules/terraform-aws-iam/pull/388",
        KEY_REFUSED,
    ),
    // Cut off, or in words that no sign above knows: they begin with their line, so that all others win.
    Sign::new(
        "<>An error occurred (AccessDenied) when calling the",
        "ClientError: An error occurred (AccessDenied) when calling the ListObje",
        "boto/botocore botocore/exceptions.py",
        BY_ANYBODY,
    ),
    Sign::new(
        "<>An error occurred (AccessDeniedException) when calling the",
        "ClientError: An error occurred (AccessDeniedException) when calling the GetSecr",
        "boto/botocore botocore/exceptions.py",
        BY_ANYBODY,
    ),
    Sign::new(
        "<>AccessDenied: User: arn:",
        "AccessDenied: User: arn:aws:sts::111122223333:assumed-role/api-reader/1612517309072418200 is",
        "https://github.com/prometheus-community/yet-another-cloudwatch-exporter/issues/316",
        BY_ANYBODY,
    ),
    Sign::new(
        "<>AccessDeniedException: User: arn:",
        "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/api-reader/1612517309072418200 is",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
        BY_ANYBODY,
    ),
    Sign::new(
        "<>api error AccessDenied",
        "operation error SQS: GetQueueAttributes, https response error StatusCode: 403, RequestID: 1, api error AccessDenied: the request was refused",
        "aws/smithy-go errors.go",
        BY_ANYBODY,
    ),
    Sign::new(
        "<>AccessDenied<>status code: 403, request id",
        "err=\"AccessDenied: the request was refused status code: 403, request id: 4668X6ZVNE5AK5TK\"",
        "aws/aws-sdk-go aws/awserr/types.go",
        BY_ANYBODY,
    ),
    Sign::new(
        "<>; Status Code: 403; Error Code: AccessDenied",
        "the request was refused (Service: AmazonSNS; Status Code: 403; Error Code: AccessDenied; Request ID: 1)",
        "aws/aws-sdk-java aws-java-sdk-core, AmazonServiceException",
        BY_ANYBODY,
    ),
    Sign::new(
        "<>(Service: <>, Status Code: 403, Request ID: ",
        "the request was refused (Service: Sns, Status Code: 403, Request ID: 1)",
        "aws/aws-sdk-java-v2 core/aws-core, AwsServiceException",
        BY_ANYBODY,
    ),
];

const GUIDE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html";

/// The old wording names no kind of policy.
static REFUSED: &[Way] = &[
    Way(&explicit_deny::LINK, &explicit_deny::IDENTITY_DENIES),
    Way(&explicit_deny::LINK, &explicit_deny::SERVICE_CONTROL),
    Way(&LINK, &NOT_ALLOWED),
    Way(&LINK, &RESOURCE_LACKS),
];

/// And this one not even the caller, who may be the node.
static BY_ANYBODY: &[Way] = &[
    Way(&explicit_deny::LINK, &explicit_deny::IDENTITY_DENIES),
    Way(&explicit_deny::LINK, &explicit_deny::SERVICE_CONTROL),
    Way(&caller::LINK, &caller::NODE_ROLE),
    Way(&LINK, &NOT_ALLOWED),
];

/// Whoever asks for another role: the own policies, that role, or who it is.
static HOP_REFUSED: &[Way] = &[
    Way(&LINK, &NOT_ALLOWED),
    Way(&LINK, &second_hop::ABSENT),
    Way(&LINK, &second_hop::TRUST),
    Way(&LINK, &second_hop::SESSION_NAME),
    Way(&LINK, &second_hop::ITSELF),
    Way(&explicit_deny::LINK, &explicit_deny::IDENTITY_DENIES),
    Way(&explicit_deny::LINK, &explicit_deny::SERVICE_CONTROL),
];

/// A key says yes by its own policy, too.
static KEY_REFUSED: &[Way] = &[Way(&LINK, &NOT_ALLOWED), Way(&LINK, &RESOURCE_LACKS)];
