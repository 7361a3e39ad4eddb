//! Clocks that are off, and what keeps them.

use std::net::Ipv4Addr;

use super::decided::healthy;
use super::{Expect, Program, Scenario};
use crate::config::{Chrony, Config, Door};
use crate::world::Standin;

const fn clock(
    id: &'static str,
    title: &'static str,
    arrange: fn(&mut Config),
    key: &'static str,
) -> Scenario {
    let expect = Expect::Decided("node", key);
    Scenario { id, title, program: Program::Check, arrange, expect }
}

const TEN_YEARS: i64 = 3650 * 24 * 3600;

pub(super) static ALL: &[Scenario] = &[
    clock(
        "clock-twenty-minutes-ahead",
        "the node's clock is twenty minutes ahead of AWS's",
        |it| it.clock_offset = -1200,
        "node-join/clock/breaks-tokens",
    ),
    clock(
        "clock-twenty-minutes-behind",
        "the node's clock is twenty minutes behind AWS's, and chrony has lost its source",
        |it| {
            it.clock_offset = 1200;
            it.chrony = Some(Chrony { follows: Ipv4Addr::UNSPECIFIED, synchronised: false });
        },
        "node-join/clock/breaks-tokens",
    ),
    clock(
        "clock-seven-minutes-behind",
        "the node's clock is seven minutes behind AWS's",
        |it| it.clock_offset = 420,
        "node-join/clock/breaks-signatures",
    ),
    clock(
        "clock-follows-a-wrong-source",
        "chrony follows a server that is twenty minutes ahead, and is content",
        |it| {
            it.clock_offset = -1200;
            it.chrony = Some(Chrony { follows: Ipv4Addr::new(192, 0, 2, 7), synchronised: true });
        },
        "node-join/clock/wrong-source",
    ),
    clock(
        "clock-years-off",
        "the node's clock is years off, so that every certificate seems expired",
        |it| {
            it.clock_offset = -TEN_YEARS;
            for standin in Standin::AWS_HOSTS.into_iter().chain([Standin::Cluster]) {
                it.door(standin, Door::Expired);
            }
        },
        "node-join/clock/breaks-certificates",
    ),
    healthy(
        "clock-unsynchronised",
        "nothing keeps the node's clock, which is right as yet",
        |it| it.chrony = Some(Chrony { follows: Ipv4Addr::UNSPECIFIED, synchronised: false }),
    ),
    healthy("no-chrony", "no chrony answers on the node", |it| it.chrony = None),
    healthy(
        "credentials-end-soon",
        "the node's credentials end in two minutes, and were not renewed",
        |it| it.credentials_last = 120,
    ),
];
