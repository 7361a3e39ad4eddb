//! One conversation with AWS: the clients, the limit of each call, and the order of the questions.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use diagnosis::facts::{Account, AssociationObject, Observed};
use reach::Net;
use reach::sdk::Unreached;
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::action::Action;
use super::{
    Question, association, cluster, credentials, denial, providers, role, simulation, unasked,
};
use crate::collect::ask::{Missed, observed, within};

/// Two attempts of an endpoint that answers slowly; one that is silent ends here.
const LIMIT: Duration = Duration::from_secs(8);

/// IAM throttles callers that read more at once.
const AT_ONCE: usize = 6;

pub(super) async fn ask(net: &Net, question: &Question, deadline: Instant) -> Account {
    match credentials::find(net, question, deadline).await {
        Ok(config) => with(&config, question, deadline).await,
        Err(why) => unasked::account(question, &why),
    }
}

/// All that does not wait for another answer is asked at once.
pub(super) async fn with(config: &SdkConfig, question: &Question, deadline: Instant) -> Account {
    let session = &Arc::new(Session::new(config, deadline));
    let found = OnceCell::new();
    let cluster = async || found.get_or_init(|| cluster::look(session, question)).await;
    let role = async {
        match &question.role_arn {
            Some(arn) => role::look(session, arn).await,
            None => Observed::Skipped,
        }
    };
    let oidc_providers = async {
        if question.role_arn.is_none() {
            return Observed::Skipped;
        }
        let of_cluster = match &question.issuer {
            Some(_) => None,
            None => cluster().await.value().map(|it| it.issuer.clone()),
        };
        let issuer = question.issuer.clone().or(of_cluster);
        providers::look(session, issuer.as_deref()).await
    };
    let association = async {
        let association = association::look(session, question, &cluster).await;
        let present = association.value().and_then(AssociationObject::present);
        let role = async {
            match present {
                Some(it) => role::look(session, &it.role_arn).await,
                None => Observed::Skipped,
            }
        };
        let target = async {
            match present.and_then(|it| it.target_role_arn.as_deref()) {
                Some(arn) => role::look(session, arn).await,
                None => Observed::Skipped,
            }
        };
        let (role, target) = tokio::join!(role, target);
        (association, role, target)
    };
    let simulation = async {
        match &question.denied {
            Some(denied) => observed(simulation::run(session, question, denied).await),
            None => Observed::Skipped,
        }
    };
    let decoded_denial = async {
        match &question.encoded {
            Some(encoded) => observed(denial::decode(session, encoded).await),
            None => Observed::Skipped,
        }
    };
    let (_, role, oidc_providers, association, simulation, decoded_denial) =
        tokio::join!(cluster(), role, oidc_providers, association, simulation, decoded_denial);
    let (association, association_role, target_role) = association;
    Account {
        cluster: found.into_inner().unwrap_or_default(),
        role,
        oidc_providers,
        association,
        association_role,
        target_role,
        simulation,
        decoded_denial,
        ..Account::default()
    }
}

pub(super) struct Session {
    pub(super) iam: aws_sdk_iam::Client,
    pub(super) eks: aws_sdk_eks::Client,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) region: String,
    deadline: Instant,
    limit: Duration,
    gate: Semaphore,
    caller: OnceCell<Result<String, Refused>>,
}

/// Why a call brought nothing.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    /// The error's code, where AWS answered with one.
    pub(super) code: String,
    pub(super) why: String,
}

impl Session {
    fn new(config: &SdkConfig, deadline: Instant) -> Self {
        Self::limited(config, deadline, LIMIT, AT_ONCE)
    }

    /// With another limit for each call, and another number of calls at once.
    pub(super) fn limited(
        config: &SdkConfig,
        deadline: Instant,
        limit: Duration,
        at_once: usize,
    ) -> Self {
        Self {
            iam: aws_sdk_iam::Client::new(config),
            eks: aws_sdk_eks::Client::new(config),
            sts: aws_sdk_sts::Client::new(config),
            region: config.region().map(ToString::to_string).unwrap_or_default(),
            deadline,
            limit,
            gate: Semaphore::new(at_once),
            caller: OnceCell::new(),
        }
    }

    /// Every call goes through here, so that none outlasts its limit and each error is told alike.
    pub(super) fn call<T, E>(
        &self,
        action: Action,
        request: impl Future<Output = Result<T, SdkError<E>>>,
    ) -> impl Future<Output = Result<T, Refused>>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        // The SDK's futures are so large that a few of them fill a thread's stack.
        let request = Box::pin(request);
        async move {
            // Waiting for the others counts, too: only the deadline ends it.
            let gate = timeout_at(self.deadline, self.gate.acquire()).await;
            let permit = gate.map_err(|_| Refused::late(action))?;
            let answer = timeout_at(within(self.limit, self.deadline), request).await;
            drop(permit);
            match answer {
                Ok(Ok(answer)) => Ok(answer),
                Ok(Err(error)) => Err(Refused::new(action, &error)),
                Err(_) => Err(Refused::late(action)),
            }
        }
    }

    /// The account of these credentials. Everybody may ask, so it is asked once and for all.
    pub(super) async fn account(&self) -> Result<String, Refused> {
        let ask = || async {
            let request = self.sts.get_caller_identity().send();
            let answer = self.call(Action::GetCallerIdentity, request).await?;
            Ok(answer.account.unwrap_or_default())
        };
        self.caller.get_or_init(ask).await.clone()
    }

    /// IAM answers for the account of the credentials only, so nobody else's ARN is asked for.
    pub(super) async fn owns(&self, arn: &str) -> Result<(), Refused> {
        let theirs = super::text::account(arn)
            .ok_or_else(|| Refused::because(format!("`{arn}` names no account")))?;
        let ours = self.account().await?;
        if theirs == ours {
            return Ok(());
        }
        Err(Refused::because(format!(
            "`{arn}` is in account {theirs}, and these credentials are of {ours}"
        )))
    }
}

/// What AWS says when these credentials may not do a thing.
const DENIED: [&str; 3] = ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"];

impl Refused {
    fn new<E>(action: Action, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let name = action.name();
        let status = error.raw_response().map(|it| it.status().as_u16());
        if let (Some(_), Some(code)) = (status, error.code()) {
            let message = error.message().unwrap_or_default();
            let lacking = if DENIED.contains(&code) {
                format!("; these credentials lack {name}")
            } else {
                String::new()
            };
            let why = format!("{name}: {code}: {message}{lacking}");
            return Self { code: code.to_owned(), why };
        }
        Self::because(match (status, Unreached::find(error)) {
            (Some(status), _) => format!("{name}: HTTP {status} without an error code of AWS"),
            (None, Some(reach)) => format!("{name}: {reach}"),
            (None, None) => format!("{name}: the AWS SDK could not send it"),
        })
    }

    fn late(action: Action) -> Self {
        Self::because(format!("{} did not end in time", action.name()))
    }

    pub(super) fn because(why: impl Into<String>) -> Self {
        Self { code: String::new(), why: why.into() }
    }

    pub(super) fn at(self, place: &str) -> Missed {
        Missed::new(place, self.why)
    }
}
