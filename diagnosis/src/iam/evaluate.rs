//! All statements of all documents into one answer: an explicit Deny wins, then an Allow is needed.
//!
//! Three-valued: a statement is open only where nothing known already keeps it from matching, and
//! an open statement keeps the answer open only where it could change it.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::{
    answer::{Answer, Document, Element, Place, Unknown, Why, all, any},
    policy::{Policy, Reading, Statement},
    request::Request,
    risk,
    statement::{self, Part},
    trap::Trap,
};

/// Whose policy it is, which decides the elements that a statement must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Of a role or another resource: names principals.
    Resource,
    /// Of the caller: names resources.
    Identity,
}

/// One statement against the request.
struct Exam<'a> {
    place: Place,
    effect: Effect,
    /// Whether it matches.
    matches: Option<bool>,
    fails: Vec<Why>,
    opens: Vec<Unknown>,
    reading: Option<&'a Reading>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Allow,
    Deny,
    /// The document says both, by a key that stands twice.
    Either,
}

/// A trust policy, or another policy with principals, alone: whether the caller's own policies allow
/// the action is another question.
pub fn trust(policy: &Policy, request: &Request) -> Answer {
    let exams = examine(Document::Policy(0), policy, request, Family::Resource);
    answer(&exams, None, request)
}

/// The caller's policies, within its permissions boundary. Policies of organizations, sessions and
/// endpoints are not among them.
pub fn identity(policies: &[Policy], boundary: Option<&Policy>, request: &Request) -> Answer {
    let documents = policies.iter().enumerate();
    let exams: Vec<Exam> = documents
        .flat_map(|(at, it)| examine(Document::Policy(at), it, request, Family::Identity))
        .collect();
    let boundary = boundary.map(|it| examine(Document::Boundary, it, request, Family::Identity));
    answer(&exams, boundary.as_deref(), request)
}

fn answer(exams: &[Exam], boundary: Option<&[Exam]>, request: &Request) -> Answer {
    let everything = || exams.iter().chain(boundary.unwrap_or_default());
    let denying: Vec<&Exam> = everything().filter(|it| it.effect != Effect::Allow).collect();
    let denied = denying.iter().filter(|it| it.effect == Effect::Deny && it.matches == Some(true));
    let why: Vec<Why> = denied.map(|it| explicit(it, request)).collect();
    if !why.is_empty() {
        return Answer::Denied { explicit: true, why };
    }
    let allows = |exams: &[Exam]| {
        let exams = exams.iter().filter(|it| it.effect != Effect::Deny);
        any(exams.map(|it| if it.effect == Effect::Either { None } else { it.matches }))
    };
    let sets: Vec<&[Exam]> = std::iter::once(exams).chain(boundary).collect();
    let allowed = all(sets.iter().map(|it| allows(it)));
    if allowed == Some(false) {
        let failing = sets.iter().filter(|it| allows(it) == Some(false));
        return Answer::Denied {
            explicit: false,
            why: failing.flat_map(|it| nearest(it)).collect(),
        };
    }
    let mut open: Vec<&Exam> = denying.into_iter().filter(|it| it.matches.is_none()).collect();
    if allowed.is_none() {
        let sets = sets.iter().filter(|it| allows(it).is_none()).flat_map(|it| it.iter());
        open.splice(0..0, sets.filter(|it| it.effect == Effect::Allow && it.matches.is_none()));
    }
    if !open.is_empty() {
        return Answer::Unknown { why: open.iter().flat_map(|it| it.opens.clone()).collect() };
    }
    let matching = |it: &&Exam| it.effect == Effect::Allow && it.matches == Some(true);
    let by: Vec<&Exam> = exams.iter().filter(matching).collect();
    let Some(first) = by.first() else {
        return Answer::Denied { explicit: false, why: Vec::new() };
    };
    let risks = by.iter().filter_map(|it| Some(risk::of(it.reading?, &it.place, request)));
    Answer::Allowed { by: first.place.clone(), risks: risks.flatten().collect() }
}

/// The statement with the fewest failing parts in full, then the first failing part of each other.
fn nearest(exams: &[Exam]) -> Vec<Why> {
    let mut allowing: Vec<&Exam> = exams.iter().filter(|it| it.effect == Effect::Allow).collect();
    allowing.sort_by_key(|it| it.fails.len());
    let take = |at: usize| if at == 0 { usize::MAX } else { 1 };
    let each = allowing.iter().enumerate();
    each.flat_map(|(at, it)| it.fails.iter().take(take(at)).cloned()).collect()
}

fn explicit(exam: &Exam, request: &Request) -> Why {
    let Place { document, statement, sid } = exam.place.clone();
    let quote = exam.reading.map_or(String::new(), |it| it.effect_quote.clone());
    Why {
        document,
        statement,
        words: format!(
            "statement {statement} denies {} to {}, and a Deny wins over every Allow",
            request.action,
            request.caller.name()
        ),
        sid,
        element: Element::Effect,
        policy_value: "Deny".to_owned(),
        request_value: request.action.clone(),
        trap: Some(Trap::ExplicitDeny),
        quote,
        corrected: None,
    }
}

fn examine<'a>(
    document: Document,
    policy: &'a Policy,
    request: &Request,
    family: Family,
) -> Vec<Exam<'a>> {
    let at = |number, sid| Place { document, statement: number, sid };
    if let Some(quote) = &policy.twice {
        return vec![twice(at(1, None), Effect::Either, quote)];
    }
    let each = policy.statements.iter();
    each.map(|it| one(it, policy, request, family, at(it.number, it.sid.clone()))).collect()
}

fn one<'a>(
    statement: &'a Statement,
    policy: &Policy,
    request: &Request,
    family: Family,
    place: Place,
) -> Exam<'a> {
    let read = |reading: &'a Reading| {
        let parts = statement::parts(reading, policy.variables, request, family);
        let (mut fails, mut opens) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Part::Holds => {}
                Part::Fails(why) => fails.push(why.at(&place)),
                Part::Open(open) => opens.push(open.at(&place)),
            }
        }
        let matches = match (fails.is_empty(), opens.is_empty()) {
            (false, _) => Some(false),
            (true, true) => Some(true),
            (true, false) => None,
        };
        let effect = if reading.allow { Effect::Allow } else { Effect::Deny };
        Exam { place: place.clone(), effect, matches, fails, opens, reading: Some(reading) }
    };
    let mut readings: Vec<Exam> = statement.readings.iter().map(read).collect();
    let same = |a: &Exam, b: &Exam| a.effect == b.effect && a.matches == b.matches;
    if readings.windows(2).any(|pair| !same(&pair[0], &pair[1])) {
        let effects = readings.windows(2).all(|pair| pair[0].effect == pair[1].effect);
        let effect = if effects { readings[0].effect } else { Effect::Either };
        let quote = statement.twice.as_deref().unwrap_or_default();
        return twice(place, effect, quote);
    }
    readings.swap_remove(0)
}

fn twice<'a>(place: Place, effect: Effect, quote: &str) -> Exam<'a> {
    let Place { document, statement, sid } = place.clone();
    let unknown = Unknown {
        document,
        statement,
        sid,
        element: Element::Document,
        trap: Some(Trap::DuplicateKey),
        words: format!("`{quote}` has a key that stands twice, and which one counts decides"),
        quote: quote.to_owned(),
    };
    Exam { place, effect, matches: None, fails: Vec::new(), opens: vec![unknown], reading: None }
}
