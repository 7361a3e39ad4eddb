//! `ecr:GetAuthorizationToken`, as the kubelet's credential provider calls it.

use aws_config::{BehaviorVersion, Region};
use aws_sdk_ecr::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_types::retry::RetryConfig;
use diagnosis::aws::Variant;
use diagnosis::facts::{Answer, Reach, Source};
use reach::Net;
use reach::sdk::SdkHttp;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::collect::ask::{Found, Missed};

/// User name and password of the registry, as HTTP's Basic wants them. No `Debug`, no `Serialize`.
pub(super) struct Token(Zeroizing<String>);

impl Token {
    pub(super) fn authorize(
        &self,
        request: reach::Request,
    ) -> Result<reach::Request, reach::Error> {
        request.secret("authorization", &self.0)
    }
}

/// With the credentials that the SDK's default chain finds: on a node those of its role.
pub(super) async fn ask(
    net: &Net,
    region: &str,
    variant: Variant,
    deadline: Instant,
) -> (Found<Answer>, Option<Token>) {
    let place = format!("ecr:GetAuthorizationToken in {region}");
    let http = SdkHttp::new(net.clone()).until(deadline);
    let call = call(http.clone(), region.to_owned(), variant);
    let seen = |answer: Answer, text: String| (answer, Source::new(&*place, reach::now(), text));
    let error = match timeout_at(deadline, call).await {
        Ok(Ok((proxy, token))) => {
            let answer = Answer { status: 200, detail: proxy.clone(), ..Answer::default() };
            return (Ok(seen(answer, format!("proxyEndpoint: {proxy}"))), Some(token));
        }
        Ok(Err(error)) => error,
        Err(_) => {
            let why = unsent(http.last(), "did not end in time");
            return (Err(Missed::new(&place, why)), None);
        }
    };
    let status = error.raw_response().map(|it| it.status().as_u16());
    let found = match (status, error.code()) {
        (Some(status), Some(code)) => {
            let (code, message) = (code.to_owned(), error.message().unwrap_or_default().to_owned());
            let text = format!("{code}: {message}");
            Ok(seen(Answer { status, code, message, detail: String::new() }, text))
        }
        (Some(status), None) => {
            Err(Missed::new(&place, format!("HTTP {status} without an error code of AWS")))
        }
        (None, _) => {
            let why = unsent(http.last(), "the SDK's default chain found no credentials");
            Err(Missed::new(&place, why))
        }
    };
    (found, None)
}

/// The SDK's own words have gone through many hands, so none of them are repeated.
fn unsent(last: Option<Reach>, otherwise: &str) -> String {
    match last {
        Some(reach) if reach.status().is_none() => reach.to_string(),
        _ => otherwise.to_owned(),
    }
}

type Error = SdkError<aws_sdk_ecr::operation::get_authorization_token::GetAuthorizationTokenError>;

/// One attempt: whoever reads the report wants the first answer, not the third.
async fn call(http: SdkHttp, region: String, variant: Variant) -> Result<(String, Token), Error> {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new(region))
        .retry_config(RetryConfig::disabled())
        .use_fips(variant.fips)
        .use_dual_stack(variant.dual_stack)
        .load()
        .await;
    let answer = aws_sdk_ecr::Client::new(&config).get_authorization_token().send().await?;
    let data = answer.authorization_data().first();
    let proxy = data.and_then(|it| it.proxy_endpoint()).unwrap_or_default().to_owned();
    let token = data.and_then(|it| it.authorization_token()).unwrap_or_default();
    Ok((proxy, Token(Zeroizing::new(format!("Basic {token}")))))
}
