//! The account's OIDC providers, and the client IDs of those that may be meant for the issuer.

use std::sync::Arc;

use diagnosis::facts::{Observed, OidcProvider, OidcProviders, Source};
use tokio::task::JoinSet;

use super::action::Action;
use super::session::{Refused, Session};
use super::text;
use crate::collect::ask::{Found, observed};

const PLACE: &str = "aws iam list-open-id-connect-providers";

/// More than one only where they differ in case or in a slash at the end.
const DETAILED: usize = 4;

pub(super) async fn look(session: &Arc<Session>, issuer: Option<&str>) -> Observed<OidcProviders> {
    observed(read(session, issuer).await)
}

async fn read(session: &Arc<Session>, issuer: Option<&str>) -> Found<OidcProviders> {
    let missed = |error: Refused| error.at(PLACE);
    let request = session.iam.list_open_id_connect_providers().send();
    let (answer, account) =
        tokio::join!(session.call(Action::ListOpenIdConnectProviders, request), session.account());
    let listed = answer.map_err(missed)?.open_id_connect_provider_list.unwrap_or_default();
    let arns: Vec<_> = listed.into_iter().filter_map(|it| it.arn).collect();
    let account = match (account, arns.first().and_then(|it| text::account(it))) {
        (Ok(account), _) => account,
        (Err(_), Some(account)) => account.to_owned(),
        // Nobody's list of none says nothing about anybody.
        (Err(error), None) => return Err(missed(error)),
    };
    let mut looks = JoinSet::new();
    let meant = arns.iter().enumerate().filter(|(_, it)| is_of(it, issuer));
    for (at, arn) in meant.take(DETAILED) {
        let (session, arn) = (Arc::clone(session), arn.clone());
        looks.spawn(async move { (at, client_ids(&session, &arn).await) });
    }
    let mut details = looks.join_all().await;
    details.sort_by_key(|(at, _)| *at);
    let mut details = details.into_iter().peekable();
    let (mut text, mut providers) = (String::new(), Vec::new());
    for (at, arn) in arns.into_iter().enumerate() {
        text.extend([&*arn, "\n"]);
        let client_ids = match details.next_if(|(it, _)| *it == at) {
            Some((_, Ok(ids))) => {
                let quoted: Vec<_> = ids.iter().map(|it| format!("\"{it}\"")).collect();
                text.extend(["client IDs: ", &*quoted.join(" "), "\n"]);
                Some(ids)
            }
            Some((_, Err(error))) => {
                text.extend(["client IDs not read: ", &*error.why, "\n"]);
                None
            }
            None => None,
        };
        providers.push(OidcProvider { arn, client_ids });
    }
    if providers.is_empty() {
        text = format!("no OIDC provider in account {account}");
    }
    let source = Source::new(PLACE, reach::now(), text.trim_end());
    Ok((OidcProviders { account, providers }, source))
}

async fn client_ids(session: &Session, arn: &str) -> Result<Vec<String>, Refused> {
    let request =
        session.iam.get_open_id_connect_provider().open_id_connect_provider_arn(arn).send();
    let answer = session.call(Action::GetOpenIdConnectProvider, request).await?;
    Ok(answer.client_id_list.unwrap_or_default())
}

/// Generous: whether the difference matters is for the link to say.
fn is_of(arn: &str, issuer: Option<&str>) -> bool {
    let Some(issuer) = issuer else { return false };
    let issuer = issuer.strip_prefix("https://").unwrap_or(issuer);
    let of = arn.split_once(":oidc-provider/").map_or("", |(_, it)| it);
    of.trim_end_matches('/').eq_ignore_ascii_case(issuer.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_asked_for_its_client_ids_where_it_may_be_meant_for_the_issuer() {
        let arn = "arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id/EXAMPLE";
        assert!(is_of(arn, Some("https://oidc.example.com/id/EXAMPLE")));
        assert!(is_of(arn, Some("oidc.example.com/id/example/")));
        assert!(!is_of(arn, Some("https://oidc.example.com/id/ANOTHER")));
        assert!(!is_of(arn, None));
    }
}
