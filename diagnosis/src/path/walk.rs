//! A path while it is walked: its hops, where it stops, and what keeps it open.

use crate::{
    facts::{Missing, aws::ec2::NatGateway, inputs::NODE_CHECK},
    report::Evidence,
};

/// From one subnet of nodes to one destination.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path<'a> {
    hops: Vec<String>,
    /// The first hop that stops.
    pub(crate) stop: Option<Stop>,
    /// The first thing that was not told; a stop decides all the same.
    pub(crate) open: Option<Missing>,
    /// As whom it leaves the VPC, where it does.
    pub(crate) exit: Option<Exit<'a>>,
    /// What carries it to its destination: an endpoint, a gateway, an interface.
    pub(crate) carrier: String,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Exit<'a> {
    Nat(&'a NatGateway),
    /// The node's own public address.
    Own,
}

#[derive(Clone, Debug)]
pub(crate) struct Stop {
    pub(crate) by: Stopped,
    pub(crate) why: String,
    pub(crate) evidence: Vec<Evidence>,
    /// For the texts of a fault.
    pub(crate) names: Vec<(&'static str, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    NoRoute,
    Blackhole,
    NatFailed,
    NatWithoutInternet,
    InternetDetached,
    NoPublicAddress,
    /// The gateway that IPv6 alone would leave by is not there any more.
    EgressOnlyGone,
    /// Nodes leave by IPv6, and what they ask has IPv4 addresses.
    Ipv6Only,
    /// A security group of the nodes lets nothing out there.
    EgressClosed,
    /// A security group at the destination lets nothing in from the nodes.
    GroupClosed,
    AclOut,
    AclIn,
    AclReturn,
    /// There is an interface endpoint, but names do not lead to it.
    PrivateDnsOff,
    EndpointMissing,
    GatewayNotAssociated,
    GatewayMissing,
    PolicyDenies,
}

impl<'a> Path<'a> {
    /// One that cannot be walked.
    pub(super) fn begun(subnet: &str, missing: Missing) -> Self {
        Self { hops: vec![subnet.to_owned()], open: Some(missing), ..Self::default() }
    }

    pub(super) fn hop(&mut self, hop: impl Into<String>) {
        if self.stop.is_none() {
            self.hops.push(hop.into());
        }
    }

    pub(super) fn stop(&mut self, by: Stopped, why: impl Into<String>, evidence: Vec<Evidence>) {
        let (why, names) = (why.into(), Vec::new());
        self.stop.get_or_insert(Stop { by, why, evidence, names });
    }

    /// Of the stop that is there.
    pub(super) fn named(&mut self, name: &'static str, value: impl Into<String>) {
        if let Some(it) = &mut self.stop
            && it.names.iter().all(|(known, _)| *known != name)
        {
            it.names.push((name, value.into()));
        }
    }

    pub(super) fn opened(&mut self, missing: Missing) {
        self.open.get_or_insert(missing);
    }

    /// What was read, or why it was not.
    pub(super) fn known<T>(&mut self, it: Result<T, Missing>) -> Option<T> {
        it.map_err(|missing| self.opened(missing)).ok()
    }

    pub(super) fn arrives(&self) -> bool {
        self.stop.is_none() && self.open.is_none()
    }

    /// Where this one does not arrive, clients take the other one: they ask by both families.
    pub(super) fn else_by(mut self, other: Self) -> Self {
        if self.arrives() || other.arrives() {
            return if self.arrives() { self } else { other };
        }
        let Some(mut stop) = self.stop.take() else { return self };
        match (&other.stop, &other.open) {
            // Whoever made that route meant packets to leave by it.
            (Some(it), _) if it.by == Stopped::EgressOnlyGone && stop.by == Stopped::NoRoute => {
                return other;
            }
            (Some(it), _) => {
                stop.why = format!("{}; by IPv6: {}", stop.why, it.why);
                self.stop = Some(stop);
            }
            (None, open) => {
                let open = open.as_ref().map_or("", |it| &it.why);
                let why = format!("by IPv4: {}; by IPv6: {open}", stop.why);
                self.open = Some(match stop.evidence.first() {
                    Some(quote) => NODE_CHECK.doubt(why, quote.clone()),
                    None => NODE_CHECK.missing(why),
                });
            }
        }
        self
    }

    /// Hop by hop, up to what stops it.
    pub(crate) fn words(&self) -> String {
        let hops = self.hops.join(" → ");
        match (&self.stop, &self.open) {
            (Some(stop), _) => format!("{hops}: {}", stop.why),
            (None, Some(open)) => format!("{hops} → ? {}", open.why),
            (None, None) => hops,
        }
    }

    pub(super) fn carried(&mut self, by: &str) {
        by.clone_into(&mut self.carrier);
    }

    /// Which of both is taken is not known.
    pub(super) fn or(self, other: Self) -> Self {
        let (carrier, exit) = (self.carrier.clone(), self.exit.or(other.exit));
        let way = |it: &Stop| NODE_CHECK.missing(format!("one way to it stops: {}", it.why));
        let both = Self::default().join(vec![self, other], way);
        Self { exit, carrier, ..both }
    }

    /// Several ways that are taken in turn: it stops where all do, and arrives where all do.
    pub(super) fn join(mut self, ways: Vec<Path<'a>>, part: impl Fn(&Stop) -> Missing) -> Self {
        let stopped = ways.iter().filter(|it| it.stop.is_some()).count();
        let all = stopped == ways.len();
        let mut ways = ways.into_iter();
        let Some(first) = ways.next() else { return self };
        let rest: Vec<_> = ways.collect();
        if !all && let Some(it) = rest.iter().chain([&first]).find_map(|it| it.stop.as_ref()) {
            self.opened(part(it));
        }
        let open = std::iter::once(&first).chain(&rest).find_map(|it| it.open.clone());
        if let Some(open) = open {
            self.opened(open);
        }
        for hop in first.hops {
            self.hop(hop);
        }
        if all {
            self.stop = self.stop.or(first.stop);
        }
        self
    }
}
