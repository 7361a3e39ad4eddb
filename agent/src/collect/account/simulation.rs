//! `iam:SimulatePrincipalPolicy`: IAM's own word on the one call that was denied.
//!
//! Policies of the resource are not among what IAM looks at here.

use diagnosis::facts::{Simulation, Source};

use super::action::Action;
use super::role;
use super::session::{Refused, Session};
use super::text::word;
use super::{DeniedCall, Question};
use crate::collect::ask::Found;

const PLACE: &str = "aws iam simulate-principal-policy";

pub(super) async fn run(
    session: &Session,
    question: &Question,
    denied: &DeniedCall,
) -> Found<Simulation> {
    let missed = |error: Refused| error.at(PLACE);
    session.owns(&denied.principal_arn).await.map_err(missed)?;
    let principal = principal(session, question, denied).await.map_err(missed)?;
    let place = format!(
        "{PLACE} --policy-source-arn {} --action-names {} --resource-arns {}",
        word(&principal),
        word(&denied.action),
        word(&denied.resource)
    );
    let request = session
        .iam
        .simulate_principal_policy()
        .policy_source_arn(principal)
        .action_names(&denied.action)
        .resource_arns(&denied.resource)
        .send();
    let answer = session.call(Action::SimulatePrincipalPolicy, request).await;
    let results = answer.map_err(|error| error.at(&place))?.evaluation_results.unwrap_or_default();
    let Some(result) = results.into_iter().next() else {
        let why = "iam:SimulatePrincipalPolicy: an answer without a result";
        return Err(Refused::because(why).at(&place));
    };
    let matched = result.matched_statements.unwrap_or_default();
    let simulation = Simulation {
        action: result.eval_action_name,
        resource: result.eval_resource_name.unwrap_or_else(|| denied.resource.clone()),
        decision: result.eval_decision.as_str().to_owned(),
        matched: matched.into_iter().filter_map(|it| it.source_policy_id).collect(),
        allowed_by_boundary: result
            .permissions_boundary_decision_detail
            .map(|it| it.allowed_by_permissions_boundary),
        allowed_by_organization: result
            .organizations_decision_detail
            .map(|it| it.allowed_by_organizations),
        missing_context: result.missing_context_values.unwrap_or_default(),
    };
    let text = text(&simulation);
    Ok((simulation, Source::new(place, reach::now(), text)))
}

/// The ARN of the annotated role tells the path that the session's ARN leaves out.
async fn principal(
    session: &Session,
    question: &Question,
    denied: &DeniedCall,
) -> Result<String, Refused> {
    use super::text::{account, role_name};
    let principal = &*denied.principal_arn;
    let same = |it: &&String| {
        role_name(it).is_some()
            && role_name(it) == role_name(principal)
            && account(it) == account(principal)
    };
    match question.role_arn.as_ref().filter(same) {
        Some(arn) => Ok(arn.clone()),
        None => role::arn_of(session, principal).await,
    }
}

/// In the words of the answer.
fn text(it: &Simulation) -> String {
    let mut text = format!(
        "EvalActionName {}\nEvalResourceName {}\nEvalDecision {}",
        it.action, it.resource, it.decision
    );
    let mut line = |what: &str, value: String| text.extend(["\n", what, " ", &*value]);
    for policy in &it.matched {
        line("MatchedStatements SourcePolicyId", policy.clone());
    }
    if let Some(allowed) = it.allowed_by_boundary {
        line("AllowedByPermissionsBoundary", allowed.to_string());
    }
    if let Some(allowed) = it.allowed_by_organization {
        line("AllowedByOrganizations", allowed.to_string());
    }
    if !it.missing_context.is_empty() {
        line("MissingContextValues", it.missing_context.join(" "));
    }
    text
}
