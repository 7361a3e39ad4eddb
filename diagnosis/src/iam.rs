//! The IAM policy language: parse, evaluate, and say why not.
//!
//! Answers for one policy family at a time, and never assumes: a context key that nobody spoke of,
//! an operator that AWS does not document, a key that stands twice make the answer unknown where
//! they could change it. Knows nothing about policies of organizations, sessions and endpoints.

mod answer;
mod condition;
mod element;
mod evaluate;
mod explain;
mod glob;
mod json;
mod key;
mod operator;
mod pattern;
mod policy;
mod principal;
pub(crate) mod range;
mod request;
mod risk;
mod statement;
#[cfg(test)]
mod tests;
mod time;
mod trap;
mod value;
mod variable;
mod who;

pub use answer::{Answer, Document, Element, Place, Risk, RiskKind, Unknown, Why};
pub use evaluate::{identity, trust};
pub use policy::{ParseError, Policy};
pub use request::{Caller, Context, POD_IDENTITY, PodTags, Request, Values};
pub use trap::Trap;
