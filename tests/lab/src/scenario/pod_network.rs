//! What keeps pods from getting an address.

use super::{Expect, Program, Scenario};
use crate::config::account::Unwilling;
use crate::config::network::{Owner, View};
use crate::config::{Addresses, Config, Door, Interfaces, Ipamd, Shape};
use crate::world::Standin;

const fn check(
    id: &'static str,
    title: &'static str,
    arrange: fn(&mut Config),
    expect: Expect,
) -> Scenario {
    Scenario { id, title, program: Program::Check, arrange, expect }
}

const fn network(key: &'static str) -> Expect {
    Expect::Decided("network", key)
}

/// Three interfaces, of which ipamd has these, and not one address left.
fn full(it: &mut Config, third: Owner, in_books: u8) {
    it.interfaces = Interfaces { count: 3, holding: Addresses::Single(10) };
    it.network.owners.insert(2, third);
    it.ipamd = Ipamd { interfaces: in_books, total: 18, assigned: 18, shape: Shape::ByCardBlank };
}

/// Addresses are used up, though a slot is free.
fn starved(it: &mut Config, call: &'static str, code: &'static str) {
    it.ipamd.assigned = it.ipamd.total;
    it.network.refusals.push((call, code));
}

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
            it.network.owners.insert(2, Owner::Foreign);
            it.ipamd = Ipamd { interfaces: 2, total: 18, assigned: 18, shape: Shape::ByCardBlank };
        },
        expect: Expect::Decided("network", "pod-network/eni-slots/held-by-others"),
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
    check(
        "slot-held-by-trunk",
        "the trunk for security groups takes a slot, and the others are full",
        |it| full(it, Owner::Trunk, 3),
        network("pod-network/eni-slots/held-by-trunk-or-efa"),
    ),
    check(
        "slot-held-by-efa",
        "an EFA interface takes a slot, and the others are full",
        |it| full(it, Owner::Efa, 3),
        network("pod-network/eni-slots/held-by-trunk-or-efa"),
    ),
    check(
        "slot-held-by-unmanaged",
        "an interface tagged no_manage takes a slot, and the others are full",
        |it| full(it, Owner::Unmanaged, 3),
        network("pod-network/eni-slots/held-by-others"),
    ),
    check(
        "slots-without-ec2",
        "a foreign interface takes a slot, and the node may not ask EC2 about it",
        |it| {
            full(it, Owner::Foreign, 3);
            it.account.unwilling.push(("ec2:DescribeInstances", Unwilling::Denied));
        },
        network("pod-network/eni-slots/held-by-others"),
    ),
    check(
        "foreign-interface-with-room",
        "a foreign interface takes a slot, but addresses are free",
        |it| {
            full(it, Owner::Foreign, 3);
            it.ipamd.assigned = 5;
        },
        Expect::Healthy,
    ),
    check(
        "ipamd-stale",
        "ipamd gives an address that was taken off the instance",
        |it| it.network.with.push((View::Ipamd, 1, "10.0.1.77")),
        network("pod-network/address-views/ipamd-stale"),
    ),
    check(
        "ipamd-stale-without-ec2",
        "IMDS lacks an address that ipamd gives, and the node may not ask EC2, which alone knows",
        |it| {
            it.network.with.push((View::Ipamd, 1, "10.0.1.77"));
            it.account.unwilling.push(("ec2:DescribeInstances", Unwilling::Denied));
        },
        Expect::Undecided {
            plane: None,
            link: Some("pod-network/address-views"),
            needs: "own-interfaces",
        },
    ),
    check(
        "interface-forgotten",
        "the VPC CNI attached an interface and lost it",
        |it| it.ipamd = Ipamd { interfaces: 1, total: 9, assigned: 5, shape: Shape::ByCard },
        network("pod-network/address-views/interface-forgotten"),
    ),
    check(
        "address-leaked",
        "EC2 has an address that ipamd does not know, and pods wait for one",
        |it| {
            it.network.without.push((View::Ipamd, "10.0.1.41"));
            it.ipamd.total = 17;
            it.ipamd.assigned = 17;
        },
        network("pod-network/address-views/leaked"),
    ),
    check(
        "imds-behind-ec2",
        "IMDS does not have an address yet that EC2 and ipamd have",
        |it| it.network.without.push((View::Imds, "10.0.1.41")),
        Expect::Healthy,
    ),
    check(
        "pod-address-on-host",
        "ec2-net-utils gave the host the addresses of pods",
        |it| {
            it.network.with.push((View::Kernel, 1, "10.0.1.33"));
            it.network.net_utils = true;
        },
        network("pod-network/address-views/on-host"),
    ),
    check(
        "interface-without-its-address",
        "the kernel lost the address of a second interface",
        |it| it.network.without.push((View::Kernel, "10.0.1.32")),
        network("pod-network/address-views/missing-on-host"),
    ),
    check(
        "conntrack-full",
        "the kernel's table of connections is full",
        |it| it.network.conntrack = (131_000, 131_072),
        network("pod-network/kernel-limits/conntrack-full"),
    ),
    check(
        "conntrack-allowance",
        "EC2 drops connections beyond what the type may have",
        |it| it.network.growing = Some("conntrack_allowance_exceeded"),
        network("pod-network/kernel-limits/conntrack-allowance"),
    ),
    check(
        "link-local-allowance",
        "EC2 drops packets to IMDS and DNS",
        |it| it.network.growing = Some("linklocal_allowance_exceeded"),
        network("pod-network/kernel-limits/link-local-allowance"),
    ),
    check(
        "packet-allowance",
        "EC2 drops packets beyond what the type may send",
        |it| it.network.growing = Some("pps_allowance_exceeded"),
        network("pod-network/kernel-limits/packet-allowance"),
    ),
    check(
        "bandwidth-shaped",
        "EC2 shapes a burst, which is usual",
        |it| it.network.growing = Some("bw_in_allowance_exceeded"),
        Expect::Healthy,
    ),
    check(
        "allowance-once-exceeded",
        "a counter of some earlier time does not grow",
        |it| it.network.earlier = Some("conntrack_allowance_exceeded"),
        Expect::Healthy,
    ),
    check(
        "without-ethtool",
        "nobody can read the adapter's counters",
        |it| it.network.ethtool = false,
        Expect::Healthy,
    ),
    check(
        "subnet-full",
        "EC2 refused ipamd an address for want of one",
        |it| starved(it, "AssignPrivateIpAddresses", "InsufficientFreeAddressesInSubnet"),
        network("pod-network/subnet-addresses/full"),
    ),
    check(
        "subnet-counted-empty",
        "ipamd has no address left, and neither has the subnet",
        |it| {
            it.ipamd.assigned = it.ipamd.total;
            it.network.free = 0;
        },
        network("pod-network/subnet-addresses/full"),
    ),
    check(
        "subnet-fragmented",
        "EC2 refused ipamd a prefix for want of a whole block",
        |it| {
            it.interfaces = Interfaces { count: 2, holding: Addresses::Prefixes(1) };
            it.ipamd = Ipamd { interfaces: 2, total: 32, assigned: 32, shape: Shape::ByCard };
            it.network.refusals.push(("AssignPrivateIpAddresses", "InsufficientCidrBlocks"));
        },
        network("pod-network/subnet-addresses/fragmented"),
    ),
    check(
        "cni-role-denied",
        "EC2 refuses aws-node to assign addresses",
        |it| starved(it, "AssignPrivateIpAddresses", "UnauthorizedOperation"),
        Expect::Decided("iam", "pod-network/cni-role/denied"),
    ),
    check(
        "cni-role-denied-ipv6",
        "aws-node's role has the policy for IPv4 in a cluster of IPv6",
        |it| starved(it, "AssignIpv6Addresses", "UnauthorizedOperation"),
        Expect::Decided("iam", "pod-network/cni-role/denied"),
    ),
    check(
        "max-pods-of-prefixes-on-xen",
        "maxPods counts on prefixes that a type of Xen does not take",
        |it| {
            it.instance_type = "t2.small";
            it.interfaces = Interfaces { count: 2, holding: Addresses::Single(4) };
            it.ipamd = Ipamd { interfaces: 2, total: 6, assigned: 2, shape: Shape::ByCard };
        },
        network("pod-network/capacity/not-nitro"),
    ),
    check(
        "instance-type-new",
        "the type is newer than every table, and EC2 tells what it carries",
        |it| {
            it.instance_type = "m99.large";
            it.network.limits = (3, 20);
        },
        Expect::Healthy,
    ),
    check(
        "profile-recreated",
        "the instance profile was recreated under its name",
        |it| it.network.profile_id = "AIPAEXAMPLEPROFILE002",
        Expect::Decided("node", "node-join/instance-profile/made-anew"),
    ),
    check(
        "ec2-denied",
        "the node's role may not ask EC2, which is no fault",
        |it| {
            for call in ["ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces"] {
                it.account.unwilling.push((call, Unwilling::Denied));
            }
        },
        Expect::Healthy,
    ),
];
