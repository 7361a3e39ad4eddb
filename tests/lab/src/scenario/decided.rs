//! What most scenarios are: one program, and the fault that it must decide.

use super::{Expect, Program, Scenario};
use crate::config::Config;

pub(super) const fn check(
    id: &'static str,
    title: &'static str,
    arrange: fn(&mut Config),
    plane: &'static str,
    key: &'static str,
) -> Scenario {
    Scenario { id, title, program: Program::Check, arrange, expect: Expect::Decided(plane, key) }
}

pub(super) const fn probe(
    id: &'static str,
    title: &'static str,
    arrange: fn(&mut Config),
    plane: &'static str,
    key: &'static str,
) -> Scenario {
    Scenario { id, title, program: Program::Probe, arrange, expect: Expect::Decided(plane, key) }
}

pub(super) const fn healthy(
    id: &'static str,
    title: &'static str,
    arrange: fn(&mut Config),
) -> Scenario {
    Scenario { id, title, program: Program::Check, arrange, expect: Expect::Healthy }
}
