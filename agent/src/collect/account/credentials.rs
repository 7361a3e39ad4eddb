//! Whose credentials these are and where they are used, found as the AWS CLI finds them.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_types::retry::RetryConfig;
use reach::Net;
use reach::sdk::SdkHttp;
use tokio::time::{Instant, timeout_at};

use super::Question;
use crate::collect::ask::within;

/// A program that a profile names, or an SSO session that is renewed, may take a while. Where
/// nothing else has any, the metadata service is asked in vain for a second of it.
const LIMIT: Duration = Duration::from_secs(10);

/// One more attempt, soon: IAM throttles a burst of reads, and somebody waits for the report.
const ATTEMPTS: u32 = 2;
const BACKOFF: Duration = Duration::from_millis(200);

/// What a whole account takes: more calls, of which some are throttled. The SDK's own budget ends
/// retries that do not help.
const PATIENT_ATTEMPTS: u32 = 6;
const PATIENT_BACKOFF: Duration = Duration::from_millis(400);
const LONGEST_BACKOFF: Duration = Duration::from_secs(8);

/// A page of instances, with room for their tags.
const LONG_ANSWER: usize = 16 << 20;

pub(super) async fn find(
    net: &Net,
    question: &Question,
    deadline: Instant,
) -> Result<SdkConfig, String> {
    let http = SdkHttp::new(net.clone()).until(deadline);
    let retry = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(BACKOFF);
    resolved(http, region_of(question), None, retry, deadline).await
}

/// For all that an account tells of one cluster.
pub(super) async fn desk(
    net: &Net,
    region: Option<&str>,
    profile: Option<&str>,
    deadline: Instant,
) -> Result<SdkConfig, String> {
    let http = SdkHttp::new(net.clone()).until(deadline).at_most(LONG_ANSWER);
    resolved(http, region.filter(|it| !it.is_empty()), profile, patient(), deadline).await
}

pub(super) fn patient() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(PATIENT_ATTEMPTS)
        .with_initial_backoff(PATIENT_BACKOFF)
        .with_max_backoff(LONGEST_BACKOFF)
}

/// Resolved once, so that all calls speak with the same credentials.
async fn resolved(
    http: SdkHttp,
    region: Option<&str>,
    profile: Option<&str>,
    retry: RetryConfig,
    deadline: Instant,
) -> Result<SdkConfig, String> {
    let found = async {
        let region = match region {
            Some(region) => Region::new(region.to_owned()),
            None => own_region(profile)
                .await
                .ok_or("the region is not known: set AWS_REGION, or `region` in the profile")?,
        };
        let loader = aws_config::defaults(BehaviorVersion::latest());
        let loader = loader.http_client(http).region(region).retry_config(retry);
        let loader = match profile {
            Some(profile) => loader.profile_name(profile),
            None => loader,
        };
        let config = loader.load().await;
        let chain = config.credentials_provider().ok_or(NONE)?;
        let credentials = chain.provide_credentials().await.map_err(|error| why(&error))?;
        let resolved = SharedCredentialsProvider::new(credentials);
        Ok(config.into_builder().credentials_provider(resolved).build())
    };
    timeout_at(within(LIMIT, deadline), found)
        .await
        .unwrap_or_else(|_| Err("the AWS credentials could not be had in time".to_owned()))
}

const NONE: &str = "no AWS credentials found where the AWS CLI looks: environment, profile, \
                    SSO session, container, instance";

/// The chain's own words can hold what a profile or a program said, so none of them are repeated.
fn why(error: &CredentialsError) -> String {
    match error {
        CredentialsError::CredentialsNotLoaded(_) => NONE.to_owned(),
        CredentialsError::InvalidConfiguration(_) => {
            "the AWS configuration of this user cannot be used; \
             `aws sts get-caller-identity` says why"
                .to_owned()
        }
        _ => "the AWS credentials of this user could not be had, as when an SSO session expired; \
              `aws sts get-caller-identity` says why"
            .to_owned(),
    }
}

/// The cluster's own, wherever it is written: what is looked for is there.
fn region_of(question: &Question) -> Option<&str> {
    let given = question.region.as_deref().filter(|it| !it.is_empty());
    let arn = || question.cluster.as_deref()?.strip_prefix("arn:")?.split(':').nth(2);
    let issuer = || {
        let issuer = question.issuer.as_deref()?;
        let host = issuer.strip_prefix("https://").unwrap_or(issuer);
        let rest = host.strip_prefix("oidc.eks.").or_else(|| host.strip_prefix("oidc-eks."))?;
        rest.split('.').next()
    };
    given.or_else(arn).or_else(issuer).filter(|it| !it.is_empty())
}

/// Without the metadata service, which knows where this machine is and not where the cluster is.
async fn own_region(profile: Option<&str>) -> Option<Region> {
    let of_profile = ProfileFileRegionProvider::builder();
    let of_profile = match profile {
        Some(profile) => of_profile.profile_name(profile),
        None => of_profile,
    };
    RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
        .or_else(of_profile.build())
        .region()
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_is_the_cluster_s_wherever_it_is_written() {
        let mut question = Question::default();
        assert_eq!(region_of(&question), None);
        question.issuer = Some("https://oidc.eks.cn-north-1.amazonaws.com.cn/id/X".to_owned());
        assert_eq!(region_of(&question), Some("cn-north-1"));
        question.issuer = Some("oidc-eks.eu-west-1.api.aws/id/X".to_owned());
        assert_eq!(region_of(&question), Some("eu-west-1"));
        question.issuer = Some("https://oidc.example.com".to_owned());
        assert_eq!(region_of(&question), None);
        question.cluster = Some("arn:aws:eks:us-west-2:111122223333:cluster/prod".to_owned());
        assert_eq!(region_of(&question), Some("us-west-2"));
        question.region = Some("us-east-1".to_owned());
        assert_eq!(region_of(&question), Some("us-east-1"));
    }

    #[test]
    fn nothing_that_a_profile_or_a_program_said_is_repeated() {
        let secret = "aws_secret_access_key = canary";
        for error in [
            CredentialsError::provider_error(secret),
            CredentialsError::invalid_configuration(secret),
            CredentialsError::not_loaded(secret),
            CredentialsError::unhandled(secret),
        ] {
            assert!(!why(&error).contains("canary"));
        }
    }
}
