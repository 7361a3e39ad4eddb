//! `iam:GetRole`: whether a role exists, whom it trusts, and what it may do.

use std::sync::Arc;

use diagnosis::facts::{Observed, Role, RoleObject, Source};

use super::action::Action;
use super::policies;
use super::session::{Refused, Session};
use super::text::{self, word};
use crate::collect::ask::{Found, observed};

const NO_SUCH: &str = "NoSuchEntity";

pub(super) async fn look(session: &Arc<Session>, arn: &str) -> Observed<RoleObject> {
    observed(read(session, arn).await)
}

async fn read(session: &Arc<Session>, arn: &str) -> Found<RoleObject> {
    let Some(name) = text::role_name(arn) else {
        return Err(Refused::because(format!("`{arn}` is no role's ARN")).at("aws iam get-role"));
    };
    let place = format!("aws iam get-role --role-name {}", word(name));
    session.owns(arn).await.map_err(|error| error.at(&place))?;
    let request = session.iam.get_role().role_name(name).send();
    let role = match session.call(Action::GetRole, request).await {
        Ok(answer) => answer.role,
        Err(Refused { code, why }) if code == NO_SUCH => {
            let text = why.strip_prefix("iam:GetRole: ").unwrap_or(&why);
            return Ok((RoleObject::Absent, Source::new(place, reach::now(), text)));
        }
        Err(error) => return Err(error.at(&place)),
    };
    let Some(role) = role else {
        return Err(Refused::because("iam:GetRole: an answer without a role").at(&place));
    };
    let boundary = role.permissions_boundary.and_then(|it| it.permissions_boundary_arn);
    let policies::Policies { boundary, documents, unread } =
        policies::read(session, name, boundary).await;
    let role = Role {
        arn: role.arn,
        created: text::time(&role.create_date),
        trust: text::decoded(role.assume_role_policy_document.as_deref().unwrap_or_default()),
        boundary,
        policies: documents,
        unread,
    };
    let source = Source::new(place, reach::now(), &*role.trust);
    Ok((RoleObject::Present(role), source))
}

/// The ARN of the role whose session this is, which the session's own ARN does not tell: a role's
/// path is not in there. Other principals are what they say.
pub(super) async fn arn_of(session: &Session, principal: &str) -> Result<String, Refused> {
    let Some(name) =
        principal.contains(":assumed-role/").then(|| text::role_name(principal)).flatten()
    else {
        return Ok(principal.to_owned());
    };
    let request = session.iam.get_role().role_name(name).send();
    let answer = session.call(Action::GetRole, request).await?;
    answer
        .role
        .map(|it| it.arn)
        .ok_or_else(|| Refused::because("iam:GetRole: an answer without a role"))
}
