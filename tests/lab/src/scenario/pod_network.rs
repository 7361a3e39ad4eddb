//! What keeps pods from getting an address.

use super::{Expect, Program, Scenario};
use crate::config::{Addresses, Door, Interfaces, Ipamd, Shape};
use crate::world::Standin;

pub(super) static ALL: &[Scenario] = &[
    Scenario {
        id: "ipamd-down",
        title: "ipamd serves nobody",
        program: Program::Check,
        arrange: |it| {
            for door in [Standin::Introspection, Standin::IpamdMetrics, Standin::IpamdGrpc] {
                it.door(door, Door::Refused);
            }
        },
        expect: Expect::Decided("network", "pod-network/ipamd/not-serving"),
    },
    Scenario {
        id: "ipamd-hangs",
        title: "ipamd accepts connections and says nothing",
        program: Program::Check,
        arrange: |it| _ = it.door(Standin::Introspection, Door::Silent),
        expect: Expect::Decided("network", "pod-network/ipamd/hangs"),
    },
    Scenario {
        id: "introspection-disabled",
        title: "ipamd runs without its introspection",
        program: Program::Check,
        arrange: |it| _ = it.door(Standin::Introspection, Door::Refused),
        expect: Expect::Healthy,
    },
    Scenario {
        id: "no-free-address",
        title: "all addresses of all interfaces are given to pods",
        program: Program::Check,
        arrange: |it| {
            it.interfaces = Interfaces { count: 3, holding: Addresses::Single(10) };
            it.ipamd = Ipamd { interfaces: 3, total: 27, assigned: 27, shape: Shape::ByCard };
        },
        expect: Expect::Decided("network", "pod-network/addresses/node-full"),
    },
    Scenario {
        id: "interfaces-held-by-others",
        title: "one of the interfaces is not the VPC CNI's, and the others are full",
        program: Program::Check,
        arrange: |it| {
            it.interfaces = Interfaces { count: 3, holding: Addresses::Single(10) };
            it.ipamd = Ipamd { interfaces: 2, total: 18, assigned: 18, shape: Shape::ByCardBlank };
        },
        expect: Expect::Decided("network", "pod-network/addresses/slots-held-by-others"),
    },
    Scenario {
        id: "subnet-may-be-full",
        title: "no address is free, although more interfaces could be attached",
        program: Program::Check,
        arrange: |it| {
            it.ipamd = Ipamd { interfaces: 2, total: 18, assigned: 18, shape: Shape::Flat };
        },
        expect: Expect::Undecided {
            plane: None,
            link: Some("pod-network/addresses"),
            needs: "subnets",
        },
    },
    Scenario {
        id: "max-pods-too-high",
        title: "the node promises more pods than its instance type has addresses for",
        program: Program::Check,
        arrange: |it| {
            it.instance_type = "t3.small";
            it.interfaces = Interfaces { count: 2, holding: Addresses::Single(4) };
            it.ipamd = Ipamd { interfaces: 2, total: 6, assigned: 2, shape: Shape::Pools };
        },
        expect: Expect::Decided("network", "pod-network/capacity/max-pods-too-high"),
    },
];
