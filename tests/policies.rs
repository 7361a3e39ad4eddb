//! The policy evaluator against a table of cases, each with the page of AWS that it comes from.
//!
//! `policies/agree` runs the same table through an independent simulator.

mod case;
mod properties;

use std::collections::BTreeSet;

use case::{Case, cases};
use diagnosis::iam::{self, Answer, Policy, Why};
use serde_json::Value;

#[test]
fn every_case_of_the_table_is_answered_as_aws_documents() {
    let cases = cases();
    let wrong: Vec<String> = cases.iter().filter_map(Case::judge).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(cases.len() >= 300, "{}", cases.len());
}

#[test]
fn every_case_has_its_own_name_and_a_page_of_aws() {
    let cases = cases();
    let names: BTreeSet<&str> = cases.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(names.len(), cases.len());
    assert!(cases.iter().all(|it| it.doc.starts_with("https://docs.aws.amazon.com/")));
}

#[test]
fn every_trap_is_the_reason_of_a_case() {
    let cases = cases();
    let reasons: BTreeSet<&str> = cases.iter().filter_map(|it| it.because.as_deref()).collect();
    let missing: Vec<_> = iam::Trap::ALL.iter().filter(|it| !reasons.contains(it.id())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_risk_is_named_by_a_case() {
    let cases = cases();
    let named: BTreeSet<&str> =
        cases.iter().filter_map(|it| it.risks.as_ref()).flatten().map(String::as_str).collect();
    for kind in iam::RiskKind::ALL {
        assert!(named.contains(kind.id()), "{}", kind.id());
    }
}

#[test]
fn a_denial_quotes_the_document_and_corrects_it_with_one_line_of_json() {
    for case in cases() {
        let (_, texts, boundary) = case.documents();
        let Answer::Denied { why, .. } = case.answer() else { continue };
        for why in why {
            let quoted = texts.iter().chain(&boundary).any(|it| it.contains(&why.quote));
            assert!(quoted && !why.quote.is_empty(), "{}: {why:?}", case.id);
            let Some(corrected) = &why.corrected else { continue };
            assert!(!corrected.contains('\n'), "{}: {corrected}", case.id);
            let member = serde_json::from_str::<Value>(&format!("{{{corrected}}}"));
            assert_eq!(member.unwrap().as_object().unwrap().len(), 1, "{}", case.id);
        }
    }
}

/// Where what failed and what would match are members of the same object, the one put in place of
/// the other leaves nothing to say about it.
#[test]
fn what_was_corrected_no_longer_fails() {
    let mut tried = 0;
    for case in cases() {
        let (true, texts, _) = case.documents() else { continue };
        let Answer::Denied { explicit: false, why } = case.answer() else { continue };
        for why in why {
            let Some(text) = mended(&texts[0], &why) else { continue };
            let request = case.request.request(case.context.as_ref());
            let answer = iam::trust(&Policy::parse(&text).unwrap(), &request);
            if let Answer::Denied { why: still, .. } = answer {
                let same = |it: &Why| it.statement == why.statement && it.quote == why.quote;
                assert!(!still.iter().any(same), "{}: {text} {still:?}", case.id);
                let solved = still.iter().all(|it| Some(&it.quote) != why.corrected.as_ref());
                assert!(solved, "{}: {text} {still:?}", case.id);
            }
            tried += 1;
        }
    }
    assert!(tried > 80, "{tried}");
}

fn mended(text: &str, why: &Why) -> Option<String> {
    let corrected = why.corrected.as_ref()?;
    let member = why.quote.starts_with('"') && why.quote.contains("\":");
    let moved = ["\"StringLike", "\"Version"].iter().any(|it| corrected.starts_with(it));
    let single = format!("\"Principal\":{{{}}}", why.quote);
    if why.element == iam::Element::Principal {
        return text.contains(&single).then(|| text.replacen(&single, corrected, 1));
    }
    (member && !moved).then(|| text.replacen(&why.quote, corrected, 1))
}
