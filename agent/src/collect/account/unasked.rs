//! The same facts where nobody can be asked: each says why, so that a link names what it misses.

use diagnosis::facts::{Account, Observed};

use super::Question;
use crate::collect::ask::{Missed, observed};

/// Of a build without the feature.
#[cfg(not(feature = "account"))]
pub(super) const NOT_BUILT: &str =
    "this build has no account side; build it with --features account";

pub(super) fn account(question: &Question, why: &str) -> Account {
    let (role, place) = (question.role_arn.is_some(), "aws iam list-open-id-connect-providers");
    Account {
        cluster: missed(true, "aws eks describe-cluster", why),
        role: missed(role, "aws iam get-role", why),
        oidc_providers: missed(role, place, why),
        association: missed(true, "aws eks list-pod-identity-associations", why),
        simulation: missed(question.denied.is_some(), "aws iam simulate-principal-policy", why),
        decoded_denial: missed(
            question.encoded.is_some(),
            "aws sts decode-authorization-message",
            why,
        ),
        ..Account::default()
    }
}

fn missed<T>(asked: bool, place: &str, why: &str) -> Observed<T> {
    if asked { observed(Err(Missed::new(place, why))) } else { Observed::Skipped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_says_why_it_is_missing_and_the_rest_stays_unasked() {
        let question = Question { role_arn: Some(String::new()), ..Question::default() };
        let found = account(&question, "no account side");
        let Observed::Failed { why, source } = &found.role else { panic!("{found:?}") };
        assert_eq!((&**why, &*source.place), ("no account side", "aws iam get-role"));
        assert!(matches!(found.simulation, Observed::Skipped));
        assert!(matches!(account(&Question::default(), "x").role, Observed::Skipped));
    }
}
