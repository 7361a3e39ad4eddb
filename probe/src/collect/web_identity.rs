//! The call that the workload's SDK makes with the pod's token, once and without retries. What STS
//! hands out is dropped unread.

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role_with_web_identity::{
    AssumeRoleWithWebIdentityError, AssumeRoleWithWebIdentityOutput,
};
use aws_sdk_sts::{Client, Config};
use diagnosis::facts::{Answer, Observed, Source, TokenFile};
use reach::sdk::SdkHttp;
use reach::{Net, now};
use tokio::time::Instant;

use super::token;
use crate::environment::Environment;
use crate::line::{MESSAGE, line};
use crate::secret::Secret;

/// Names this call in CloudTrail.
const SESSION: &str = "eks-triage-probe";

/// The call is unsigned and its host is given, so that the region goes nowhere; the SDK wants one.
const REGION: &str = "us-east-1";

type Failed = SdkError<AssumeRoleWithWebIdentityError>;

pub(super) async fn assume(
    net: &Net,
    environment: &Environment,
    file: &Observed<TokenFile>,
    secret: Option<&Secret>,
    host: &str,
    deadline: Instant,
) -> Observed<Answer> {
    let (Some(role), Some(_)) = (environment.role_arn.text(), environment.token_file.path()) else {
        return Observed::Skipped;
    };
    let place = format!("{host} AssumeRoleWithWebIdentity");
    let Some(token) = secret.and_then(Secret::expose_text) else {
        return Observed::failed(token::not_asked(file), Source::new(place, now(), ""));
    };
    let http = SdkHttp::new(net.clone()).until(deadline);
    let answer = client(host, &http)
        .assume_role_with_web_identity()
        .role_arn(role)
        .role_session_name(SESSION)
        .web_identity_token(token)
        .send()
        .await;
    let answer = answer.map_or_else(|error| refused(&error, &http), |it| Ok(accepted(&it)));
    match answer {
        Ok(answer) => {
            let source = Source::new(place, now(), text(&answer));
            Observed::seen(answer, source)
        }
        Err(why) => Observed::failed(why.clone(), Source::new(place, now(), why)),
    }
}

fn client(host: &str, http: &SdkHttp) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .endpoint_url(format!("https://{host}"))
        .http_client(http.clone())
        .retry_config(RetryConfig::disabled())
        // The limits are those of `http`.
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .allow_no_auth()
        .build();
    Client::from_conf(config)
}

fn accepted(output: &AssumeRoleWithWebIdentityOutput) -> Answer {
    let arn = output.assumed_role_user().map_or("", |it| it.arn());
    Answer { status: 200, detail: line(arn, MESSAGE), ..Answer::default() }
}

/// By code and message: the SDK's enum has no variant for most of what STS says, `AccessDenied`
/// among it.
fn refused(error: &Failed, http: &SdkHttp) -> Result<Answer, String> {
    let Some(response) = error.raw_response() else {
        let reached = http.last().filter(|it| it.status().is_none());
        return Err(reached
            .map_or_else(|| "the SDK could not send the request".to_owned(), |it| it.to_string()));
    };
    let status = response.status().as_u16();
    let Some(code) = error.code() else {
        let message = format!("HTTP {status}, but not in the words of STS");
        return Ok(Answer { status, message, ..Answer::default() });
    };
    let message = line(error.message().unwrap_or_default(), MESSAGE);
    Ok(Answer { status, code: line(code, MESSAGE), message, detail: String::new() })
}

fn text(answer: &Answer) -> String {
    match (answer.code.as_str(), answer.accepted()) {
        (_, true) => answer.detail.clone(),
        ("", false) => answer.message.clone(),
        (code, false) => format!("{code}: {}", answer.message),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing;

    const SET: [(&str, &str); 2] = [
        ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/api"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/t"),
    ];

    async fn ask(pairs: &[(&str, &str)], secret: Option<&Secret>) -> Observed<Answer> {
        let net = testing::net(&[]);
        let malformed = TokenFile::Malformed { why: "empty".to_owned() };
        let file = Observed::seen(malformed, Source::default());
        let deadline = Instant::now() + Duration::from_secs(10);
        assume(&net, &Environment::of(pairs), &file, secret, "sts.example.com", deadline).await
    }

    #[tokio::test]
    async fn half_an_identity_is_not_asked_for() {
        for pairs in [&SET[..1], &SET[1..], &[]] {
            assert!(matches!(ask(pairs, None).await, Observed::Skipped));
        }
    }

    #[tokio::test]
    async fn without_a_token_nobody_is_asked() {
        let Observed::Failed { why, .. } = ask(&SET, None).await else { panic!("asked") };
        assert_eq!(why, "not asked, because the token file holds no token: empty");
    }

    #[tokio::test]
    async fn a_host_that_is_not_reached_is_no_answer() {
        let secret = Secret::new(testing::token("api", "a").into_bytes());
        let observed = ask(&SET, Some(&secret)).await;
        let Observed::Failed { why, source } = observed else { panic!("{observed:?}") };
        assert!(why.starts_with("sts.example.com:443 dns "), "{why}");
        assert_eq!(source.place, "sts.example.com AssumeRoleWithWebIdentity");
    }

    #[test]
    fn the_text_is_code_and_message_or_the_role() {
        let refused =
            Answer { code: "AccessDenied".into(), message: "No".into(), ..Answer::default() };
        assert_eq!(text(&refused), "AccessDenied: No");
        let accepted = Answer { status: 200, detail: "arn".into(), ..Answer::default() };
        assert_eq!(text(&accepted), "arn");
    }
}
