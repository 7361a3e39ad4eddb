//! The parts of a statement that hold values: Principal, Action, Resource and Condition.

use super::{
    ParseError,
    json::{Kind, Member},
    operator::Operator,
    policy::{Choice, Source, pick},
};

/// A value and how it is written, quotes and escapes included.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) text: String,
    pub(super) quote: String,
}

/// Action or Resource, or their negations.
#[derive(Clone, Debug)]
pub(super) struct Patterns {
    pub(super) negated: bool,
    pub(super) items: Vec<Item>,
    pub(super) quote: String,
}

/// Principal or `NotPrincipal`.
#[derive(Clone, Debug)]
pub(super) struct Principals {
    pub(super) negated: bool,
    pub(super) entries: Vec<(PrincipalKind, Item)>,
    pub(super) quote: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PrincipalKind {
    /// `"Principal": "*"`
    Everyone,
    Aws,
    Federated,
    Service,
    /// `CanonicalUser`, or one that nobody documented.
    Other(String),
}

impl PrincipalKind {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Everyone => "*",
            Self::Aws => "AWS",
            Self::Federated => "Federated",
            Self::Service => "Service",
            Self::Other(name) => name,
        }
    }
}

/// One key under one operator.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// As written, such as `ForAnyValue:StringLike`.
    pub(super) name: String,
    /// `None` for one that IAM does not document.
    pub(super) operator: Option<Operator>,
    pub(super) key: String,
    pub(super) values: Vec<Item>,
    pub(super) quote: String,
}

impl Source<'_> {
    pub(super) fn principals(
        &self,
        negated: bool,
        member: &Member,
        choice: Choice,
    ) -> Result<Principals, ParseError> {
        let quote = self.short(member.span, &member.value);
        let mut entries = Vec::new();
        if let Kind::Text(text) = &member.value.kind {
            let kind = match text.as_str() {
                "*" => PrincipalKind::Everyone,
                // `"Principal": "111122223333"` is no form that IAM documents.
                _ => PrincipalKind::Other("a bare text".to_owned()),
            };
            let item = Item { text: text.clone(), quote: self.quote(member.value.span).to_owned() };
            return Ok(Principals { negated, entries: vec![(kind, item)], quote });
        }
        let members = self.object(&member.value)?;
        for (at, inner) in members.iter().enumerate() {
            let chosen = pick(members, &inner.key, choice);
            if choice != Choice::All && chosen.is_some_and(|it| it.span != inner.span) {
                continue;
            }
            let kind = match inner.key.as_str() {
                "AWS" => PrincipalKind::Aws,
                "Federated" => PrincipalKind::Federated,
                "Service" => PrincipalKind::Service,
                other => PrincipalKind::Other(other.to_owned()),
            };
            let single = members.len() == 1 && at == 0;
            for mut item in self.items(&inner.value)? {
                let whole = self.quote(inner.span);
                if single && item.quote.len() < whole.len() && !whole.contains(['\n', '[']) {
                    whole.clone_into(&mut item.quote);
                }
                entries.push((kind.clone(), item));
            }
        }
        Ok(Principals { negated, entries, quote })
    }

    pub(super) fn conditions(
        &self,
        members: &[Member],
        choice: Choice,
    ) -> Result<Vec<Condition>, ParseError> {
        let mut found = Vec::new();
        for block in chosen(members, choice).filter(|it| it.key == "Condition") {
            let operators = self.object(&block.value)?;
            for operator in chosen(operators, choice) {
                let keys = self.object(&operator.value)?;
                for key in chosen(keys, choice) {
                    found.push(Condition {
                        name: operator.key.clone(),
                        operator: Operator::parse(&operator.key),
                        key: key.key.clone(),
                        values: self.items(&key.value)?,
                        quote: self.short(key.span, &key.value),
                    });
                }
            }
        }
        Ok(found)
    }
}

/// Without the members that another one of the same name displaces.
fn chosen(members: &[Member], choice: Choice) -> impl Iterator<Item = &Member> {
    members.iter().enumerate().filter_map(move |(at, it)| {
        let same = |other: &Member| other.key.eq_ignore_ascii_case(&it.key);
        let displaced = match choice {
            Choice::All => false,
            Choice::Last => members[at + 1..].iter().any(same),
            Choice::First => members[..at].iter().any(same),
        };
        (!displaced).then_some(it)
    })
}
