//! A real client of the AWS SDK over the ladder, against a server that speaks as STS does.

use std::io::Write;
use std::time::Duration;

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::{Client, Config};
use diagnosis::facts::{Ended, Phase};
use reach::sdk::{SdkHttp, Unreached};
use reach::{Net, Options};
use tokio::time::Instant;

use crate::stand::{
    Ca, Said, closed_port, hang, listen_tls, name_server, phases, read_request, say,
};

const NAME: &str = "sts.us-west-2.amazonaws.com";
const BODY: &str = r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>
<Type>Sender</Type><Code>InvalidIdentityToken</Code>
<Message>No OpenIDConnect provider found in your account for https://oidc.example</Message>
</Error><RequestId>r-1</RequestId></ErrorResponse>"#;

/// An SDK client whose STS is really at `to`, and whose roots come from a bundle.
async fn client(ca: &Ca, to: std::net::SocketAddr, deadline: Instant) -> (Client, SdkHttp) {
    let (resolver, _) =
        name_server(|_, _| Said::Addresses(vec!["10.0.3.11".parse().unwrap()])).await;
    let mut bundle = tempfile::NamedTempFile::new().unwrap();
    bundle.write_all(ca.pem.as_bytes()).unwrap();
    let net = Net::new(Options {
        resolver: Some(resolver),
        connect_to: vec![format!("10.0.3.11:443={to}").parse().unwrap()],
        ca_bundle: Some(bundle.path().to_owned()),
        ..Options::default()
    });
    let http = SdkHttp::new(net.unwrap()).until(deadline);
    let config = Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-west-2"))
        .http_client(http.clone())
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .allow_no_auth()
        .build();
    (Client::from_conf(config), http)
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

async fn assume(
    client: &Client,
) -> SdkError<impl ProvideErrorMetadata + std::error::Error + 'static> {
    client
        .assume_role_with_web_identity()
        .role_arn("arn:aws:iam::111122223333:role/api")
        .role_session_name("eks-triage")
        .web_identity_token("header.claims.signature")
        .send()
        .await
        .unwrap_err()
}

#[tokio::test]
async fn the_answer_of_sts_reaches_the_caller_by_code_and_message() {
    let ca = Ca::new("Example Root");
    let to = listen_tls(ca.plain_server(NAME), |mut stream| async move {
        let request = read_request(&mut stream).await;
        assert!(request.contains("Action=AssumeRoleWithWebIdentity"), "{request}");
        assert!(request.contains(&format!("host: {NAME}\r\n")), "{request}");
        let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/xml\r\ncontent-length:";
        say(&mut stream, format!("{head} {}\r\n\r\n{BODY}", BODY.len())).await;
        hang(stream).await;
    })
    .await;
    let (client, http) = client(&ca, to, soon()).await;
    let error = assume(&client).await;
    assert_eq!(error.code(), Some("InvalidIdentityToken"));
    assert!(error.message().unwrap().starts_with("No OpenIDConnect provider found"));
    let reach = http.last().unwrap();
    assert_eq!(reach.ended, Ended::Answered(400));
    assert_eq!(phases(&reach), [Phase::Dns, Phase::Tcp, Phase::Tls, Phase::Http]);
    assert_eq!(reach.issuer.as_deref(), Some("CN=Example Root"));
}

#[tokio::test]
async fn why_sts_was_not_reached_is_the_source_of_the_error() {
    let ca = Ca::new("Example Root");
    let (client, http) = client(&ca, closed_port().await, soon()).await;
    let error = assume(&client).await;
    let SdkError::DispatchFailure(failure) = &error else { panic!("{error:?}") };
    assert!(failure.is_io());
    let reach = Unreached::find(&error).unwrap();
    assert_eq!(reach.ended, Ended::ConnectRefused);
    assert_eq!(Some(reach), http.last().as_ref());
}

#[tokio::test]
async fn no_request_outlasts_the_deadline() {
    let ca = Ca::new("Example Root");
    let to = listen_tls(ca.plain_server(NAME), hang).await;
    let begin = Instant::now();
    let (client, http) = client(&ca, to, begin + Duration::from_millis(500)).await;
    let error = assume(&client).await;
    assert!(begin.elapsed() < Duration::from_millis(750));
    let SdkError::DispatchFailure(failure) = &error else { panic!("{error:?}") };
    assert!(failure.is_timeout());
    assert_eq!(http.last().unwrap().phases.last().unwrap().phase, Phase::Http);
}
