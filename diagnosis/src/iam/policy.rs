//! A policy document: its statements in order, each value with the text that it was read from.
//!
//! Refuses what IAM would not have stored. A key that stands twice is kept in every way that it can
//! be read, because no document of AWS says which one counts.

use std::fmt;

use super::{
    element::{Condition, Item, Patterns, Principals},
    json::{self, Kind, Member, Node, Span, error_at},
};

/// A policy, trust policy or boundary.
#[derive(Clone, Debug)]
pub struct Policy {
    /// `2012-10-17`, the only version with variables.
    pub(super) variables: bool,
    pub(super) statements: Vec<Statement>,
    /// A key of the document itself that stands twice, verbatim.
    pub(super) twice: Option<String>,
}

/// The text is no policy that IAM would have stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub why: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.why)
    }
}

impl std::error::Error for ParseError {}

#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// From 1.
    pub(super) number: usize,
    pub(super) sid: Option<String>,
    /// One, or all ways to read a statement with a key twice.
    pub(super) readings: Vec<Reading>,
    /// The key that stands twice, verbatim.
    pub(super) twice: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) allow: bool,
    pub(super) effect_quote: String,
    pub(super) principal: Option<Principals>,
    pub(super) action: Patterns,
    pub(super) resource: Option<Patterns>,
    pub(super) conditions: Vec<Condition>,
}

/// Which of several equal keys counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Last,
    First,
    /// All of them, where that has a meaning: conditions.
    All,
}

/// No policy of AWS has more than 20 KiB, pretty-printed perhaps twice that.
const LIMIT: usize = 64 * 1024;

/// Under these, the answers of the AWS CLI carry a policy.
const WRAPPERS: &[&str] =
    &["Role", "AssumeRolePolicyDocument", "PolicyVersion", "PolicyDocument", "Document"];

const ELEMENTS: &[&str] = &[
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

impl Policy {
    /// Of the document itself, or of the answer of the AWS CLI that carries it.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.len() > LIMIT {
            return Err(error_at(
                text,
                0,
                format!("longer than {LIMIT} bytes, which no policy is"),
            ));
        }
        let root = json::read(text)?;
        let source = Source { text };
        let members = source.policy_members(&root, WRAPPERS.len())?;
        source.known(members, &["Version", "Id", "Statement"])?;
        let twice = source.twice(members);
        let find = |name| members.iter().rev().find(|it| it.key == name);
        let variables = match find("Version").map(|it| &it.value) {
            None => false,
            Some(node) => match source.text(node)?.as_str() {
                "2012-10-17" => true,
                "2008-10-17" => false,
                _ => return Err(source.error(node.span, "no such Version of the policy language")),
            },
        };
        let Some(statement) = find("Statement") else {
            return Err(source.error(root.span, "a policy needs a Statement"));
        };
        let nodes = match &statement.value.kind {
            Kind::Array(nodes) => nodes.as_slice(),
            _ => std::slice::from_ref(&statement.value),
        };
        let statements = nodes.iter().enumerate().map(|(at, it)| source.statement(at + 1, it));
        Ok(Self { variables, statements: statements.collect::<Result<_, _>>()?, twice })
    }
}

/// The text of a document, which every part quotes.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
}

impl Source<'_> {
    fn policy_members<'n>(&self, node: &'n Node, depth: usize) -> Result<&'n [Member], ParseError> {
        let members = self.object(node)?;
        let wrapped = members.iter().find(|it| WRAPPERS.contains(&it.key.as_str()));
        match wrapped {
            Some(inner) if depth > 0 && members.iter().all(|it| it.key != "Statement") => {
                self.policy_members(&inner.value, depth - 1)
            }
            _ => Ok(members),
        }
    }

    fn statement(&self, number: usize, node: &Node) -> Result<Statement, ParseError> {
        let members = self.object(node)?;
        self.known(members, ELEMENTS)?;
        let twice = self.first_twice(node);
        let choices: &[Choice] = match twice {
            None => &[Choice::Last],
            Some(_) => &[Choice::Last, Choice::First, Choice::All],
        };
        let sid = match members.iter().rev().find(|it| it.key == "Sid") {
            Some(sid) => Some(self.text(&sid.value)?).filter(|it| !it.is_empty()),
            None => None,
        };
        let readings = choices.iter().map(|choice| self.reading(*choice, node, members));
        Ok(Statement { number, sid, readings: readings.collect::<Result<_, _>>()?, twice })
    }

    fn reading(
        &self,
        choice: Choice,
        node: &Node,
        members: &[Member],
    ) -> Result<Reading, ParseError> {
        let pick = |name: &str| pick(members, name, choice);
        let one_of = |a: &'static str, b: &'static str| match (pick(a), pick(b)) {
            (Some(_), Some(second)) => {
                Err(self.error(second.span, format!("a statement has {a} or {b}, never both")))
            }
            (a, b) => Ok((a, b)),
        };
        let Some(effect) = pick("Effect") else {
            return Err(self.error(node.span, "a statement needs an Effect"));
        };
        let allow = match self.text(&effect.value)?.as_str() {
            "Allow" => true,
            "Deny" => false,
            _ => return Err(self.error(effect.span, "Effect is Allow or Deny, in this spelling")),
        };
        let principal = match one_of("Principal", "NotPrincipal")? {
            (Some(it), _) => Some(self.principals(false, it, choice)?),
            (_, Some(it)) => Some(self.principals(true, it, choice)?),
            _ => None,
        };
        let action = match one_of("Action", "NotAction")? {
            (Some(it), _) => self.patterns(false, it)?,
            (_, Some(it)) => self.patterns(true, it)?,
            _ => return Err(self.error(node.span, "a statement needs an Action")),
        };
        let resource = match one_of("Resource", "NotResource")? {
            (Some(it), _) => Some(self.patterns(false, it)?),
            (_, Some(it)) => Some(self.patterns(true, it)?),
            _ => None,
        };
        let conditions = match pick("Condition") {
            Some(_) => self.conditions(members, choice)?,
            None => Vec::new(),
        };
        let effect_quote = self.short(effect.span, &effect.value);
        Ok(Reading { allow, effect_quote, principal, action, resource, conditions })
    }

    fn patterns(&self, negated: bool, member: &Member) -> Result<Patterns, ParseError> {
        let items = self.items(&member.value)?;
        Ok(Patterns { negated, items, quote: self.short(member.span, &member.value) })
    }

    /// One value or a list of them; numbers and truth values as they are written.
    pub(super) fn items(&self, node: &Node) -> Result<Vec<Item>, ParseError> {
        let nodes = match &node.kind {
            Kind::Array(nodes) => nodes.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let item = |node: &Node| {
            let text = match &node.kind {
                Kind::Text(text) | Kind::Number(text) => text.clone(),
                Kind::Bool(it) => it.to_string(),
                _ => return Err(self.error(node.span, "expected a text or a list of texts")),
            };
            Ok(Item { text, quote: self.quote(node.span).to_owned() })
        };
        nodes.iter().map(item).collect()
    }

    pub(super) fn object<'n>(&self, node: &'n Node) -> Result<&'n [Member], ParseError> {
        match &node.kind {
            Kind::Object(members) => Ok(members),
            _ => Err(self.error(node.span, "expected an object")),
        }
    }

    fn text(&self, node: &Node) -> Result<String, ParseError> {
        match &node.kind {
            Kind::Text(text) => Ok(text.clone()),
            _ => Err(self.error(node.span, "expected a text")),
        }
    }

    fn known(&self, members: &[Member], names: &[&str]) -> Result<(), ParseError> {
        let Some(stray) = members.iter().find(|it| !names.contains(&it.key.as_str())) else {
            return Ok(());
        };
        let meant = names.iter().find(|it| it.eq_ignore_ascii_case(&stray.key));
        let hint = meant.map_or(String::new(), |it| format!(", it is spelt `{it}`"));
        let why = format!("the policy language has no element `{}` here{hint}", stray.key);
        Err(self.error(stray.span, why))
    }

    /// The first key within this statement that stands twice in its object.
    fn first_twice(&self, node: &Node) -> Option<String> {
        let Kind::Object(members) = &node.kind else {
            return None;
        };
        let inner = || members.iter().find_map(|it| self.first_twice(&it.value));
        self.twice(members).or_else(inner)
    }

    /// Keys of conditions have no case, so two spellings are one key.
    fn twice(&self, members: &[Member]) -> Option<String> {
        let mut later = members.iter().enumerate().skip(1);
        later
            .find(|(at, it)| members[..*at].iter().any(|b| b.key.eq_ignore_ascii_case(&it.key)))
            .map(|(_, it)| self.short(it.span, &it.value))
    }

    /// The member when it stands on one line, else its value or the first line of that.
    pub(super) fn short(&self, member: Span, value: &Node) -> String {
        let whole = self.quote(member);
        if !whole.contains('\n') {
            return whole.to_owned();
        }
        let value = match &value.kind {
            Kind::Array(nodes) => nodes.first().map_or(value.span, |it| it.span),
            _ => value.span,
        };
        let value = self.quote(value);
        let first = if value.contains('\n') { whole } else { value };
        first.lines().next().unwrap_or("").to_owned()
    }

    pub(super) fn quote(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or("")
    }

    pub(super) fn error(&self, span: Span, why: impl Into<String>) -> ParseError {
        error_at(self.text, span.start, why)
    }
}

/// For `All`, the last: it has a meaning for conditions only.
pub(super) fn pick<'n>(members: &'n [Member], name: &str, choice: Choice) -> Option<&'n Member> {
    let mut named = members.iter().filter(|it| it.key == name);
    if choice == Choice::First { named.next() } else { named.next_back() }
}
