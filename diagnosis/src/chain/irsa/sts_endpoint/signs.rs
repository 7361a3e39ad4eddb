//! How clients say that STS was not reached, or refused the key that asked.

use super::{
    super::{credential_precedence, injection, oidc_provider},
    LINK, REGION_DISABLED, SIGN_REGION, THROTTLED, WRONG_PARTITION, ladder,
};
use crate::chain::{Sign, Way};

pub(super) static SIGNS: &[Sign] = &[
    Sign::new(
        "WebIdentityErr: failed to retrieve credentials",
        "WebIdentityErr: failed to retrieve credentials",
        "https://github.com/aws/aws-sdk-go/blob/main/aws/credentials/stscreds/web_identity_provider.go",
        NO_CREDENTIALS,
    ),
    // Without an address the time ran out before or while connecting: Go does not say.
    Sign::new(
        "Post \"https://sts.<>/\": dial tcp: i/o timeout",
        "caused by: Post \"https://sts.amazonaws.com/\": dial tcp: i/o timeout",
        "https://github.com/external-secrets/external-secrets/issues/651",
        &[Way(&LINK, &ladder::NAME_UNANSWERED), Way(&LINK, &ladder::CONNECT_TIMED_OUT)],
    ),
    // Before the provider's own sign, which begins at the same place.
    Sign::new(
        "No OpenIDConnect provider found in your account for https://oidc.eks.cn-",
        "InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks.cn-north-1.amazonaws.com.cn/id/EXAMPLED539D4633E53DE1B716D3041E",
        "https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors",
        &[Way(&LINK, &WRONG_PARTITION), Way(&oidc_provider::LINK, &oidc_provider::MISSING)],
    )
    .by_client(),
    Sign::new(
        "InvalidClientTokenId: The security token included in the request is invalid",
        "operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: 1, api error InvalidClientTokenId: The security token included in the request is invalid",
        "https://github.com/hashicorp/aws-sdk-go-base/issues/314",
        INVALID_KEY,
    )
    .by_client(),
    Sign::new(
        "(InvalidClientTokenId) when calling the",
        "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid",
        "https://github.com/boto/botocore/blob/develop/botocore/exceptions.py",
        INVALID_KEY,
    )
    .by_client(),
    Sign::new(
        "UnrecognizedClientException<>The security token included in the request is invalid",
        "Aws::CloudWatchLogs::Errors::UnrecognizedClientException: The security token included in the request is invalid.",
        "https://github.com/fluent-plugins-nursery/fluent-plugin-cloudwatch-logs/issues/117",
        INVALID_KEY,
    )
    .by_client(),
    Sign::new(
        "Exception: The security token included in the request is invalid",
        "Amazon.SQS.AmazonSQSException: The security token included in the request is invalid.",
        "https://github.com/aws/aws-sdk-net/issues/1920",
        INVALID_KEY,
    )
    .by_client(),
    // ECR says the first half to a puller, whose credentials are another matter.
    Sign::new(
        "The security token included in the request is invalid. (Service: ",
        "com.amazonaws.services.securitytoken.model.AWSSecurityTokenServiceException: The security token included in the request is invalid. (Service: AWSSecurityTokenService; Status Code: 403; Error Code: InvalidClientTokenId; Request ID: 1)",
        "https://github.com/aws/aws-sdk-java: AmazonServiceException",
        INVALID_KEY,
    )
    .by_client(),
    Sign::new(
        "The AWS Access Key Id you provided does not exist in our records",
        "InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
        INVALID_KEY,
    )
    .by_client(),
    Sign::new(
        "Credential should be scoped to a valid region",
        "api error SignatureDoesNotMatch: Credential should be scoped to a valid region.",
        "https://github.com/hashicorp/terraform-provider-aws/issues/34865",
        &[Way(&LINK, &SIGN_REGION)],
    )
    .by_client(),
    Sign::new(
        "RegionDisabledException",
        "operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: 403, RequestID: 1, RegionDisabledException",
        "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
        &[Way(&LINK, &REGION_DISABLED)],
    ),
    Sign::new(
        "STS is not activated in this region",
        "RegionDisabledException: STS is not activated in this region for account:111122223333. Your account administrator can activate STS in this region using the IAM Console.",
        "https://github.com/turbot/steampipe-plugin-aws/issues/1510",
        &[Way(&LINK, &REGION_DISABLED)],
    ),
    Sign::new(
        "(Throttling) when calling the AssumeRoleWithWebIdentity operation",
        "An error occurred (Throttling) when calling the AssumeRoleWithWebIdentity operation (reached max retries: 4): Rate exceeded",
        "https://github.com/boto/botocore/blob/develop/botocore/exceptions.py",
        &[Way(&LINK, &THROTTLED)],
    ),
    Sign::new(
        "operation error STS: AssumeRoleWithWebIdentity, <>api error Throttling: ",
        "operation error STS: AssumeRoleWithWebIdentity, exceeded maximum number of attempts, 3, https response error StatusCode: 400, RequestID: 1, api error Throttling: Rate exceeded",
        "aws/smithy-go errors.go",
        &[Way(&LINK, &THROTTLED)],
    ),
];

/// A client's summary: it swallows the cause.
static NO_CREDENTIALS: &[Way] = &[
    Way(&injection::LINK, &injection::NOT_INJECTED),
    Way(&LINK, &ladder::NAME_NOT_FOUND),
    Way(&LINK, &ladder::NAME_UNANSWERED),
    Way(&LINK, &ladder::CONNECT_TIMED_OUT),
];

/// A key of another partition, or one that does not exist any more.
static INVALID_KEY: &[Way] = &[
    Way(&LINK, &WRONG_PARTITION),
    Way(&credential_precedence::LINK, &credential_precedence::STATIC_KEYS),
];
