//! How SDKs say whose credentials they use, and that nobody had any.

use super::{super::injection, IGNORES, LINK, NO_REGION, NODE_ROLE, STS_MODULE};
use crate::chain::{Sign, Way};

pub(super) static SIGNS: &[Sign] = &[
    Sign::new(
        "assumed-role/<node-role>/i-<> is not",
        "AccessDenied: User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abc123def4567890 is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key because no identity-based policy allows the s3:GetObject action",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
        &[Way(&LINK, &NODE_ROLE)],
    ),
    Sign::new(
        "To use web identity tokens, the 'sts' service module must be on the class path",
        "Unable to load credentials from any of the providers in the chain: WebIdentityTokenCredentialsProvider(): To use web identity tokens, the 'sts' service module must be on the class path., ProfileCredentialsProvider(): Profile file contained no credentials for profile 'default'",
        "https://github.com/slackhq/astra/pull/17",
        &[Way(&LINK, &STS_MODULE)],
    ),
    Sign::new(
        "Invalid Configuration: Missing Region",
        "STS returned an error assuming web identity role error=ResolveEndpointError { message: \"Invalid Configuration: Missing Region\" }",
        "https://github.com/mezmo/aura/issues/482",
        &[Way(&LINK, &NO_REGION)],
    ),
    Sign::new(
        "NoCredentialProviders: no valid providers in chain",
        "NoCredentialProviders: no valid providers in chain. Deprecated.",
        "https://github.com/kubernetes/autoscaler/issues/3592",
        FOUND_NONE,
    )
    .exhaustive(),
    Sign::new(
        "no EC2 IMDS role found, operation error ec2imds",
        "failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, canceled, context deadline exceeded",
        "aws/aws-sdk-go-v2 credentials/ec2rolecreds/provider.go",
        FOUND_NONE,
    )
    .exhaustive(),
    Sign::new(
        "NoCredentialsError: Unable to locate credentials",
        "botocore.exceptions.NoCredentialsError: Unable to locate credentials",
        "https://github.com/boto/botocore/blob/develop/botocore/exceptions.py",
        FOUND_NONE,
    )
    .exhaustive(),
    Sign::new(
        "No credentials could be loaded from the chain: CredentialsProviderChain",
        "No credentials could be loaded from the chain: CredentialsProviderChain -> EnvironmentCredentialsProvider -> StsWebIdentityProvider -> ImdsCredentialsProvider",
        "https://github.com/aws/aws-sdk-kotlin/issues/627",
        FOUND_NONE,
    ),
    Sign::new(
        "SigningStageError { kind: MissingCredentials }",
        "ConstructionFailure(ConstructionFailure { source: SigningStageError { kind: MissingCredentials } })",
        "https://github.com/awslabs/aws-sdk-rust/issues/760",
        FOUND_NONE,
    ),
    Sign::new(
        "Could not load credentials from any providers",
        "CredentialsProviderError: Could not load credentials from any providers",
        "https://github.com/aws/aws-sdk-js-v3/issues/4679",
        FOUND_NONE,
    ),
    Sign::new(
        "Missing credentials in config",
        "CredentialsError: Missing credentials in config, if using AWS_CONFIG_FILE, set AWS_SDK_LOAD_CONFIG=1",
        "https://github.com/aws/aws-sdk-js/blob/master/lib/event_listeners.js",
        FOUND_NONE,
    ),
    Sign::new(
        "Unable to load credentials from any of the providers in the chain",
        "software.amazon.awssdk.core.exception.SdkClientException: Unable to load credentials from any of the providers in the chain AwsCredentialsProviderChain(credentialsProviders=[SystemPropertyCredentialsProvider(), EnvironmentVariableCredentialsProvider(), WebIdentityTokenCredentialsProvider()])",
        "https://github.com/aws/aws-sdk-java-v2/issues/1470",
        FOUND_NONE,
    ),
    Sign::new(
        "Unable to load AWS credentials from any provider in the chain",
        "com.amazonaws.SdkClientException: Unable to load AWS credentials from any provider in the chain: [EnvironmentVariableCredentialsProvider: Unable to load AWS credentials from environment variables",
        "https://github.com/aws/aws-sdk-java/issues/1324",
        FOUND_NONE,
    ),
    Sign::new(
        "No AWS Credentials provided by ",
        "org.apache.hadoop.fs.s3a.auth.NoAuthWithAWSException: No AWS Credentials provided by TemporaryAWSCredentialsProvider SimpleAWSCredentialsProvider EnvironmentVariableCredentialsProvider IAMInstanceCredentialsProvider",
        "https://github.com/delta-io/delta/issues/2389",
        FOUND_NONE,
    ),
    Sign::new(
        "You must specify a value for roleArn and roleSessionName",
        "java.lang.NullPointerException: You must specify a value for roleArn and roleSessionName",
        "https://github.com/aws-samples/amazon-eks-apache-spark-etl-sample/issues/2",
        FOUND_NONE,
    ),
    Sign::new(
        "Unable to locate credentials. You can configure credentials by running",
        "Unable to locate credentials. You can configure credentials by running \"aws configure\".",
        "aws/aws-cli awscli/errorhandler.py",
        FOUND_NONE,
    ),
    Sign::new(
        "fatal error: Unable to locate credentials",
        "fatal error: Unable to locate credentials",
        "aws/aws-cli awscli/customizations/s3/subcommands.py",
        FOUND_NONE,
    ),
    Sign::new(
        "No valid AWS credentials found",
        "[error]: #0 unexpected error error_class=RuntimeError error=\"No valid AWS credentials found.\"",
        "https://github.com/bitnami/charts/issues/14246",
        FOUND_NONE,
    ),
    Sign::new(
        "unable to sign request without credentials set",
        "Aws::Errors::MissingCredentialsError: unable to sign request without credentials set",
        "aws/aws-sdk-ruby gems/aws-sdk-core/lib/aws-sdk-core/plugins/sign.rb",
        FOUND_NONE,
    ),
    Sign::new(
        "Provider returned no credentials, service=",
        "[2020/10/21 14:08:12] [error] [signv4] Provider returned no credentials, service=es",
        "https://github.com/fluent/fluent-bit/issues/2714",
        FOUND_NONE,
    ),
    Sign::new(
        "Error retrieving credentials from the instance profile metadata ",
        "Aws\\Exception\\CredentialsException: Error retrieving credentials from the instance profile metadata service. (cURL error 28: Connection timed out after 1001 milliseconds)",
        "aws/aws-sdk-php src/Credentials/InstanceProfileProvider.php",
        FOUND_NONE,
    ),
    Sign::new(
        "Unable to get IAM security credentials from EC2 Instance Metadata Service",
        "Amazon.Runtime.AmazonServiceException: Unable to get IAM security credentials from EC2 Instance Metadata Service.",
        "aws/aws-sdk-net sdk/src/Core/Amazon.Runtime/Credentials/DefaultInstanceProfileAWSCredentials.cs",
        FOUND_NONE,
    ),
    Sign::new(
        "The credential providers used to search for credentials returned the following errors",
        "Amazon.Runtime.AmazonClientException: Failed to resolve AWS credentials. The credential providers used to search for credentials returned the following errors:",
        "aws/aws-sdk-net sdk/src/Core/Amazon.Runtime/Credentials",
        FOUND_NONE,
    ),
    Sign::new(
        "no providers in chain provided credentials",
        "the credential provider was not enabled: no providers in chain provided credentials",
        "awslabs/aws-sdk-rust sdk/aws-config/src/meta/credentials/chain.rs",
        FOUND_NONE,
    ),
    Sign::new(
        "No valid credential sources found",
        "Error: configuring Terraform AWS Provider: No valid credential sources found for AWS Provider.",
        "hashicorp/aws-sdk-go-base errors.go",
        FOUND_NONE,
    ),
];

/// The SDK asked everybody, and nobody had credentials. With web identity injected and known to the
/// SDK, a refusal of STS is told instead.
static FOUND_NONE: &[Way] = &[
    Way(&injection::LINK, &injection::NOT_INJECTED),
    Way(&injection::LINK, &injection::PREDATES),
    Way(&injection::LINK, &injection::MISSED),
    Way(&injection::LINK, &injection::CONTAINER_SKIPPED),
    Way(&injection::LINK, &injection::POD_SKIPPED),
    Way(&LINK, &IGNORES),
];
