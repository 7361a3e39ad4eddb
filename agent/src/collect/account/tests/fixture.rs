//! An AWS of one account, in the process: answers by action, and what was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use diagnosis::facts::Account;
use tokio::time::Instant;

use super::super::{DeniedCall, Question, session};

pub(super) const ISSUER: &str = "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE";
pub(super) const ROLE: &str = "arn:aws:iam::111122223333:role/team/api-reader";
pub(super) const TRUST: &str = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": []\n}";
const MANAGED: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const BOUNDARY: &str = "arn:aws:iam::111122223333:policy/limit";
const PROVIDER: &str =
    "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE";
const ASSOCIATION: &str = "/clusters/prod-cluster/pod-identity-associations";

/// One request by its action, with its fields: of a form, a query and a path alike.
pub(in super::super) struct Asked {
    pub(in super::super) action: String,
    pub(in super::super) fields: BTreeMap<String, String>,
}

pub(in super::super) enum Said {
    Answer(u16, String),
    Nothing,
}

impl Asked {
    pub(in super::super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map(String::as_str).unwrap_or_default()
    }

    /// `iam:…` in the words of the service, for whoever is not allowed to.
    pub(in super::super) fn denied(&self) -> Said {
        let message = format!(
            "User: arn:aws:iam::111122223333:user/me is not authorized to perform: {}",
            self.action
        );
        let code = match self.service() {
            "eks" => "AccessDeniedException",
            "ec2" => "UnauthorizedOperation",
            _ => "AccessDenied",
        };
        self.refused(403, code, &message)
    }

    pub(in super::super) fn refused(&self, status: u16, code: &str, message: &str) -> Said {
        Said::Answer(
            status,
            match self.service() {
                "eks" => format!(r#"{{"__type":"{code}","message":"{message}"}}"#),
                "ec2" => format!(
                    "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message>\
                     </Error></Errors><RequestID>1</RequestID></Response>"
                ),
                _ => format!(
                    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
                     <Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
                ),
            },
        )
    }

    pub(in super::super) fn service(&self) -> &str {
        self.action.split(':').next().unwrap_or_default()
    }

    fn of(request: &HttpRequest) -> Self {
        let url = request.uri().split_once("://").map_or("", |(_, it)| it);
        let (url, query) = url.split_once('?').unwrap_or((url, ""));
        let (host, path) = url.split_once('/').unwrap_or((url, ""));
        let body = request.body().bytes().unwrap_or_default();
        let body = str::from_utf8(body).unwrap();
        let object = serde_json::from_str::<BTreeMap<String, serde_json::Value>>(body).ok();
        let form = if body.is_empty() || object.is_some() { query } else { body };
        let pairs = form.split('&').filter_map(|it| it.split_once('='));
        let decoded = |it: &str| super::super::text::decoded(it);
        let fields: BTreeMap<_, _> = pairs.map(|(name, it)| (decoded(name), decoded(it))).collect();
        let action = match host.split('.').next() {
            Some("eks") => match &path.split('/').collect::<Vec<_>>()[..] {
                ["clusters"] => "eks:ListClusters",
                ["clusters", _] => "eks:DescribeCluster",
                ["clusters", _, "node-groups"] => "eks:ListNodegroups",
                ["clusters", _, "node-groups", _] => "eks:DescribeNodegroup",
                ["clusters", _, "access-entries"] => "eks:ListAccessEntries",
                ["clusters", _, "access-entries", _] => "eks:DescribeAccessEntry",
                ["clusters", _, "addons"] => "eks:ListAddons",
                ["clusters", _, "addons", _] => "eks:DescribeAddon",
                ["clusters", _, "insights"] => "eks:ListInsights",
                ["clusters", _, _] => "eks:ListPodIdentityAssociations",
                _ => "eks:DescribePodIdentityAssociation",
            }
            .to_owned(),
            service => format!("{}:{}", service.unwrap_or_default(), fields["Action"]),
        };
        let mut fields = fields;
        for (name, it) in object.into_iter().flatten() {
            fields.extend(it.as_str().map(|it| (name, it.to_owned())));
        }
        fields.insert("path".to_owned(), format!("/{path}"));
        Self { action, fields }
    }
}

/// What was found, and what was asked for that.
pub(super) async fn ask(
    question: &Question,
    limit: Duration,
    say: impl Fn(&Asked) -> Said + Send + Sync + 'static,
) -> (Account, Vec<String>) {
    let (config, asked) = config(RetryConfig::disabled(), say);
    let account = session::with(&config, question, Instant::now() + limit).await;
    let asked = asked.lock().unwrap().clone();
    (account, asked)
}

/// An AWS that says this, and what it is asked for.
pub(in super::super) fn config(
    retry: RetryConfig,
    say: impl Fn(&Asked) -> Said + Send + Sync + 'static,
) -> (SdkConfig, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let connector =
        SharedHttpConnector::new(Fake { say: Arc::new(say), asked: Arc::clone(&asked) });
    let credentials = Credentials::new("AKIAEXAMPLE", "canary-secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .region(Region::new("us-west-2"))
        .retry_config(retry)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    (config, asked)
}

struct Fake<S> {
    say: Arc<S>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl<S> std::fmt::Debug for Fake<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fake")
    }
}

impl<S: Fn(&Asked) -> Said + Send + Sync> HttpConnector for Fake<S> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let asked = Asked::of(&request);
        self.asked.lock().unwrap().push(asked.action.clone());
        match (self.say)(&asked) {
            Said::Nothing => HttpConnectorFuture::new(std::future::pending()),
            Said::Answer(status, body) => {
                let mut response = http::Response::new(SdkBody::from(body));
                *response.status_mut() = status.try_into().unwrap();
                HttpConnectorFuture::ready(Ok(response.try_into().unwrap()))
            }
        }
    }
}

/// Everything is asked for.
pub(super) fn question() -> Question {
    Question {
        cluster: Some("prod-cluster".to_owned()),
        namespace: "prod".to_owned(),
        service_account: "api".to_owned(),
        role_arn: Some(ROLE.to_owned()),
        denied: Some(DeniedCall {
            principal_arn: "arn:aws:sts::111122223333:assumed-role/api-reader/s".to_owned(),
            action: "s3:PutObject".to_owned(),
            resource: "arn:aws:s3:::data/x".to_owned(),
        }),
        encoded: Some("EXAMPLEENCODED".to_owned()),
        ..Question::default()
    }
}

/// An account in which all of it is found. Lists come in two pages.
pub(super) fn healthy(asked: &Asked) -> Said {
    let name = asked.field("RoleName");
    let (page, last) = (asked.field("Marker"), !asked.field("Marker").is_empty());
    let more = if last {
        "<IsTruncated>false</IsTruncated>"
    } else {
        "<IsTruncated>true</IsTruncated><Marker>2</Marker>"
    };
    let document = |text: &str| {
        text.replace('%', "%25").replace('{', "%7B").replace('"', "%22").replace('\n', "%0A")
    };
    let body = match &*asked.action {
        "sts:GetCallerIdentity" => "<GetCallerIdentityResponse><GetCallerIdentityResult>\
            <Arn>arn:aws:iam::111122223333:user/me</Arn><Account>111122223333</Account>\
            </GetCallerIdentityResult></GetCallerIdentityResponse>".to_owned(),
        "sts:DecodeAuthorizationMessage" => r#"<DecodeAuthorizationMessageResponse><DecodeAuthorizationMessageResult><DecodedMessage>{"allowed":false,"explicitDeny":true,"context":{"principal":{"id":"AROAEXAMPLE:s","arn":"arn:aws:sts::111122223333:assumed-role/api-reader/s"},"action":"ec2:RunInstances","resource":"arn:aws:ec2:us-west-2:111122223333:instance/*","conditions":{"items":[{"key":"aws:SourceIp","values":{"items":[{"value":"canary-condition"}]}}]}}}</DecodedMessage></DecodeAuthorizationMessageResult></DecodeAuthorizationMessageResponse>"#.to_owned(),
        "iam:GetRole" => result("GetRole", &format!(
            "<Role><Path>/team/</Path><RoleName>{name}</RoleName><RoleId>AROAEXAMPLE</RoleId>\
             <Arn>arn:aws:iam::111122223333:role/team/{name}</Arn><CreateDate>2026-01-10T08:00:00Z</CreateDate>\
             <AssumeRolePolicyDocument>{}</AssumeRolePolicyDocument><PermissionsBoundary>\
             <PermissionsBoundaryType>Policy</PermissionsBoundaryType>\
             <PermissionsBoundaryArn>{BOUNDARY}</PermissionsBoundaryArn></PermissionsBoundary></Role>",
            document(TRUST)
        )),
        "iam:ListAttachedRolePolicies" => result("ListAttachedRolePolicies", &format!(
            "<AttachedPolicies><member><PolicyName>p</PolicyName><PolicyArn>{MANAGED}{page}</PolicyArn>\
             </member></AttachedPolicies>{more}"
        )),
        "iam:ListRolePolicies" => result("ListRolePolicies", &format!(
            "<PolicyNames><member>inline{page}</member></PolicyNames>{more}"
        )),
        "iam:GetRolePolicy" => result("GetRolePolicy", &format!(
            "<RoleName>{name}</RoleName><PolicyName>{0}</PolicyName><PolicyDocument>{1}</PolicyDocument>",
            asked.field("PolicyName"), document("{\"inline\"}")
        )),
        "iam:GetPolicy" => result("GetPolicy", "<Policy><DefaultVersionId>v7</DefaultVersionId></Policy>"),
        "iam:GetPolicyVersion" => result("GetPolicyVersion", &format!(
            "<PolicyVersion><Document>{}</Document></PolicyVersion>",
            document(&format!("{{\"{}\"}}", asked.field("VersionId")))
        )),
        "iam:ListOpenIDConnectProviders" => result("ListOpenIDConnectProviders", &format!(
            "<OpenIDConnectProviderList><member><Arn>{PROVIDER}2</Arn></member>\
             <member><Arn>{PROVIDER}</Arn></member></OpenIDConnectProviderList>"
        )),
        "iam:GetOpenIDConnectProvider" => result("GetOpenIDConnectProvider",
            "<ClientIDList><member>sts.amazonaws.com </member><member>x\u{200b}</member></ClientIDList>"
        ),
        "iam:SimulatePrincipalPolicy" => result("SimulatePrincipalPolicy",
            "<IsTruncated>false</IsTruncated><EvaluationResults><member>\
             <EvalActionName>s3:PutObject</EvalActionName><EvalResourceName>arn:aws:s3:::data/x</EvalResourceName>\
             <EvalDecision>explicitDeny</EvalDecision><MatchedStatements><member>\
             <SourcePolicyId>no-writes</SourcePolicyId></member></MatchedStatements>\
             <MissingContextValues><member>aws:SourceVpce</member></MissingContextValues>\
             <PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary>\
             </PermissionsBoundaryDecisionDetail></member></EvaluationResults>"
        ),
        "eks:ListClusters" => r#"{"clusters":["other","prod-cluster"],"nextToken":null}"#.to_owned(),
        "eks:DescribeCluster" => {
            let path = asked.field("path");
            let name = path.rsplit('/').next().unwrap_or_default();
            let issuer = if name == "other" { "oidc.eks.us-west-2.amazonaws.com/id/OTHER" } else { ISSUER };
            format!(r#"{{"cluster":{{"name":"{name}","arn":"arn:aws:eks:us-west-2:111122223333:cluster/{name}","identity":{{"oidc":{{"issuer":"https://{issuer}"}}}}}}}}"#)
        }
        "eks:ListPodIdentityAssociations" => r#"{"associations":[{"associationId":"a-1"}]}"#.to_owned(),
        "eks:DescribePodIdentityAssociation" => format!(
            r#"{{"association":{{"associationId":"{}","namespace":"prod","serviceAccount":"api","roleArn":"arn:aws:iam::111122223333:role/pod","targetRoleArn":"arn:aws:iam::111122223333:role/target","externalId":"us-west-2/111122223333/x","disableSessionTags":true,"createdAt":1.7672256E9}}}}"#,
            asked.field("path").trim_start_matches(ASSOCIATION).trim_start_matches('/')
        ),
        other => panic!("{other} is not played"),
    };
    Said::Answer(200, body)
}

/// The frame that IAM puts around each answer.
fn result(action: &str, text: &str) -> String {
    format!("<{action}Response><{action}Result>{text}</{action}Result></{action}Response>")
}
