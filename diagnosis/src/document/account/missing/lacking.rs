//! What a report about a group is told of what was not read: which commands give it, and which rights
//! whoever asked lacks. Alike for what was asked live and for what was pasted.

use std::collections::BTreeSet;

use crate::document::account::Answers;
use crate::facts::{Input, inputs};
use crate::report::{Grant, Need, Outcome, Recognised, Report, Shared};

/// Of all groups together.
pub struct Lacking {
    /// Ready to paste.
    commands: Vec<String>,
    grant: Option<Grant>,
}

impl Answers {
    pub fn lacking(&self) -> Lacking {
        let refused = self.missed.iter().filter(|it| it.lacks_right() && !it.action.is_empty());
        let actions: BTreeSet<String> = refused.map(|it| it.action.clone()).collect();
        Lacking { commands: self.missing(), grant: Grant::of(actions) }
    }
}

impl Lacking {
    /// The commands as they fill in what a link asks for: with the region, and with the names of groups
    /// that the link did not know.
    pub fn tell(&self, report: &mut Report) {
        let general = |it: &Need| it.input == inputs::NEWER_LINES.id;
        if report.outcome != Outcome::Undecided {
            return;
        }
        for need in &mut report.needs {
            let fills = |it: &&String| {
                it.starts_with(&need.how) || need.how.contains('<') && same(it, &need.how)
            };
            if let Some(it) = self.commands.iter().find(fills) {
                need.how.clone_from(it);
            }
        }
        // Whoever runs the others learns the names that it lacks.
        let named = |it: &Need| !it.how.contains('<');
        if report.needs.iter().any(named) {
            report.needs.retain(named);
        }
        // Newer lines of a group's log there are none.
        if report.needs.iter().all(general) && !self.commands.is_empty() {
            let needed = self.commands.iter().map(|how| {
                let input = INPUTS.iter().find(|it| same(it.how, how)).map_or(OTHER, |it| it.id);
                Need { input, how: how.clone() }
            });
            report.needs = needed.collect();
        }
    }

    /// What is the same for all groups. Unless names stay as they are, no command can be pasted.
    pub fn shared(self, inputs: Vec<Recognised>, paste: bool) -> Shared {
        let more = if paste { self.commands } else { Vec::new() };
        Shared { inputs, more, grant: self.grant }
    }
}

/// Whether they are the same command, whatever it is asked about.
fn same(a: &str, b: &str) -> bool {
    let words = |it: &str| it.split_whitespace().take(3).map(str::to_owned).collect::<Vec<_>>();
    words(a) == words(b)
}

const OTHER: &str = "more-of-the-account";

/// What those commands give.
static INPUTS: [&Input; 29] = [
    &inputs::CLUSTER_IDENTITY,
    &inputs::NODEGROUPS,
    &inputs::NODEGROUP,
    &inputs::ACCESS_ENTRIES,
    &inputs::ACCESS_ENTRY,
    &inputs::SCALING_GROUP,
    &inputs::ACTIVITIES,
    &inputs::LAUNCH_TEMPLATE,
    &inputs::IMAGE,
    &inputs::INSTANCES,
    &inputs::INSTANCE_STATUS,
    &inputs::CONSOLE_OUTPUT,
    &inputs::INSTANCE_PROFILE,
    &inputs::NODE_ROLE,
    &inputs::NODE_ROLE_POLICIES,
    &inputs::INLINE_POLICIES,
    &inputs::VPC,
    &inputs::VPC_DNS,
    &inputs::DHCP_OPTIONS,
    &inputs::VPC_SUBNETS,
    &inputs::ROUTE_TABLES,
    &inputs::NAT_GATEWAYS,
    &inputs::INTERNET_GATEWAYS,
    &inputs::NETWORK_ACLS,
    &inputs::SECURITY_GROUPS,
    &inputs::VPC_ENDPOINTS,
    &inputs::CONTROL_PLANE_INTERFACES,
    &inputs::STACKS,
    &inputs::STACK_EVENTS,
];
