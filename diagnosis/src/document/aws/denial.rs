//! IAM's own word on one denied call: a simulation of it, or the decoded message about it.

use serde_json::Value;

use crate::document::paste::Document;
use crate::facts::{Account, DecodedDenial, Facts, Observed, Simulation, Source};

/// `None` for something else.
pub(super) fn read(value: &Value, source: &Source) -> Option<Document> {
    let mut account = Account::default();
    let what = if let Some(results) = value.get("EvaluationResults").and_then(Value::as_array) {
        let first = simulation(results.first()?);
        let what = format!("simulation of {}: {}", first.action, first.decision);
        account.simulation = Observed::seen(first, source.clone());
        what
    } else if let Some(message) = value.get("DecodedMessage").and_then(Value::as_str) {
        let inner = serde_json::from_str(message).ok()?;
        return read(&inner, source);
    } else if value.get("explicitDeny").is_some() {
        let denial = decoded(value)?;
        let what = format!("decoded denial of {}", denial.action);
        account.decoded_denial = Observed::seen(denial, source.clone());
        what
    } else {
        return None;
    };
    Some(Document::Seen(what, Box::new(Facts { account, ..Facts::default() })))
}

fn simulation(it: &Value) -> Simulation {
    let all = |list: &str| it[list].as_array().cloned().unwrap_or_default();
    let matched = all("MatchedStatements").iter().map(|it| text(&it["SourcePolicyId"])).collect();
    Simulation {
        action: text(&it["EvalActionName"]),
        resource: text(&it["EvalResourceName"]),
        decision: text(&it["EvalDecision"]),
        matched,
        allowed_by_boundary:
            it["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"].as_bool(),
        allowed_by_organization: it["OrganizationsDecisionDetail"]["AllowedByOrganizations"]
            .as_bool(),
        missing_context: all("MissingContextValues").iter().map(text).collect(),
    }
}

/// Only these: the message's conditions can hold values of the request.
pub fn decoded(message: &Value) -> Option<DecodedDenial> {
    let context = &message["context"];
    let action = text(&context["action"]);
    (!action.is_empty()).then(|| DecodedDenial {
        principal: text(&context["principal"]["arn"]),
        action,
        resource: text(&context["resource"]),
        explicit_deny: message["explicitDeny"].as_bool().unwrap_or_default(),
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn account(value: &Value) -> Account {
        match read(value, &Source::default()) {
            Some(Document::Seen(_, facts)) => facts.account,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_simulation_and_a_decoded_message_are_facts() {
        let value = json!({"EvaluationResults": [{"EvalActionName": "s3:GetObject",
            "EvalDecision": "implicitDeny", "MissingContextValues": ["aws:SourceVpc"]}]});
        let seen = account(&value).simulation;
        assert_eq!(seen.value().unwrap().missing_context, ["aws:SourceVpc"]);
        let inner = json!({"explicitDeny": true, "context": {"action": "s3:GetObject"}});
        let wrapped = json!({"DecodedMessage": inner.to_string()});
        for value in [&inner, &wrapped] {
            assert!(account(value).decoded_denial.value().unwrap().explicit_deny);
        }
        assert!(read(&json!({"DecodedMessage": "x"}), &Source::default()).is_none());
    }
}
