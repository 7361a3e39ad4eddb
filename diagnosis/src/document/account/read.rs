//! A text, taken apart into the answers that it holds, each known by its keys.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Answers;
use super::fragment::{Part, strip};
use super::listing::Listing;
use super::{absent, names};
use crate::document::aws::time;
use crate::document::paste::{bare, number, parsed};
use crate::facts::aws::Resource;
use crate::facts::{Observed, Reservation, Source};

impl Answers {
    /// What the text was taken for; `None` where it holds nothing about a cluster's nodes.
    pub fn take(&mut self, place: &str, text: &str) -> Option<String> {
        let text = &*bare(text);
        let begin = text.trim_start();
        if begin.starts_with(['{', '[']) {
            return self.json(place, text);
        }
        if let Some(what) = self.error(place, text) {
            return Some(what);
        }
        is_yaml(begin).then(|| self.yaml(place, text)).flatten()
    }

    fn json(&mut self, place: &str, text: &str) -> Option<String> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        let (mut begin, mut told) = (0, Vec::new());
        loop {
            let rest = text.get(begin..).unwrap_or_default();
            begin += rest.len() - rest.trim_start().len();
            let Some(value) = values.next() else { break };
            let part = Part { place, text: &text[begin..], line: number(text, begin) };
            let Ok(value) = value else {
                self.broken(part);
                break;
            };
            let end = values.byte_offset();
            told.extend(self.document(Part { text: &text[begin..end], ..part }, value));
            begin = end;
        }
        (!told.is_empty()).then(|| told.join("; "))
    }

    /// As the CLI prints with `--output yaml`, and kubectl with `-o yaml`.
    fn yaml(&mut self, place: &str, text: &str) -> Option<String> {
        let mut told = Vec::new();
        for (_, value) in parsed(text) {
            let Ok(value) = value else { continue };
            let text = serde_json::to_string_pretty(&value).unwrap_or_default();
            told.extend(self.document(Part { place, text: &text, line: 0 }, value));
        }
        (!told.is_empty()).then(|| told.join("; "))
    }

    fn document(&mut self, text: Part<'_>, mut value: Value) -> Option<String> {
        strip(&mut value);
        let is = |key: &str| value.get(key).is_some_and(Value::is_string);
        if is("kind") && is("apiVersion") {
            return self.object(text, &value);
        }
        if value.get("notRead").is_some() {
            return self.not_read(text.place, &value);
        }
        if value.get("userData").is_some() {
            return self.user_data(text, &value);
        }
        if is("Arn") && is("UserId") && is("Account") {
            let arn = string(&value, "Arn");
            let what = format!("caller {arn}");
            self.caller = Observed::seen(arn, text.line_of("Arn"));
            return Some(what);
        }
        let what = self.described(text, &value)?;
        self.note_times(&value);
        Some(what)
    }

    fn described(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        self.of_eks(text, value)
            .or_else(|| self.of_instances(text, value))
            .or_else(|| self.of_network(text, value))
            .or_else(|| self.of_scaling(text, value))
            .or_else(|| self.of_iam(text, value))
            .or_else(|| self.of_trail(text, value))
    }

    /// A document that ends in the middle: what it would have held is not known, and what others of
    /// its kind do not hold proves nothing.
    fn broken(&mut self, text: Part<'_>) {
        const WHY: &str = "an answer ends in the middle; paste it whole";
        let head = &text.text[..text.text.floor_char_boundary(400)];
        let mut keys = head.split('"').skip(1).step_by(2);
        let Some(known) = keys.find_map(names::of_key) else { return };
        let source = Source { text: String::new(), ..text.source() };
        match known.keys[0] {
            "nodegroups" => self.nodegroup_names.cut(WHY, source),
            "accessEntries" => self.principals.cut(WHY, source),
            "addons" => self.addon_names.cut(WHY, source),
            "addon" => self.addons.cut(WHY, source),
            "insights" => self.insights.cut(WHY, source),
            "Reservations" => self.instances.cut(WHY, source),
            "InstanceStatuses" => self.statuses.cut(WHY, source),
            "LaunchTemplateVersions" => self.templates.cut(WHY, source),
            "Images" => self.images.cut(WHY, source),
            "Vpcs" => self.vpcs.cut(WHY, source),
            "DhcpOptions" => self.dhcp_options.cut(WHY, source),
            "Subnets" => self.subnets.cut(WHY, source),
            "SubnetIpv4CidrReservations" => self.reservations.cut(WHY, source),
            "RouteTables" => self.route_tables.cut(WHY, source),
            "NatGateways" => self.nat_gateways.cut(WHY, source),
            "InternetGateways" => self.internet_gateways.cut(WHY, source),
            "NetworkAcls" => self.network_acls.cut(WHY, source),
            "SecurityGroups" => self.security_groups.cut(WHY, source),
            "VpcEndpoints" => self.vpc_endpoints.cut(WHY, source),
            "NetworkInterfaces" => self.interfaces.cut(WHY, source),
            "AutoScalingGroups" => self.scaling_groups.cut(WHY, source),
            "Activities" => self.activities.cut(WHY, source),
            "Stacks" => self.stacks.cut(WHY, source),
            "StackEvents" => self.stack_events.cut(WHY, source),
            "OpenIDConnectProviderList" => self.providers.cut(WHY, source),
            _ => {}
        }
    }

    /// The latest time that an answer tells of stands for when it was given, where nobody says that.
    fn note_times(&mut self, value: &Value) {
        match value {
            Value::Object(all) => {
                for (key, it) in all {
                    let past = TIMES.iter().any(|it| key.ends_with(it)) && key != "DeprecationTime";
                    let at = past.then(|| time(it)).flatten();
                    if at > self.latest {
                        self.latest = at;
                    } else {
                        self.note_times(it);
                    }
                }
            }
            Value::Array(all) => all.iter().for_each(|it| self.note_times(it)),
            _ => {}
        }
    }
}

/// How keys of times end.
const TIMES: [&str; 7] = ["Time", "At", "Date", "Timestamp", "createdAt", "modifiedAt", "Updated"];

/// Keys with which a list says that it goes on.
const MORE: [&str; 3] = ["NextToken", "nextToken", "Marker"];

/// Whether what looks like a log may be an answer: in YAML, or an error in its place.
pub fn may_begin(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let text = bare(&text);
    let text = text.trim_start();
    is_yaml(text) || absent::is_error(text)
}

fn is_yaml(text: &str) -> bool {
    let key = |line: &str| line.split_once(':').map(|(key, _)| key.trim_matches('"').to_owned());
    let mut first = text.lines().filter(|it| !it.starts_with('#') && *it != "---").take(40);
    first.any(|it| key(it).is_some_and(|it| names::of_key(&it).is_some() || it == "apiVersion"))
}

pub(super) fn string(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// Takes a list of resources; says how many.
pub(super) fn list<T>(
    into: &mut Listing<T>,
    text: Part<'_>,
    value: &Value,
    key: &str,
    name: impl Fn(&T) -> String,
) -> Option<usize>
where
    T: DeserializeOwned + Default + Serialize,
{
    let all = value.get(key)?.as_array()?;
    into.answered(text, key);
    more(into, text, value);
    let parts = text.elements(key);
    for (at, it) in all.iter().enumerate() {
        let pretty;
        let part = if let Some(part) = parts.get(at).filter(|_| parts.len() == all.len()) {
            *part
        } else {
            pretty = serde_json::to_string_pretty(it).unwrap_or_default();
            Part { text: &pretty, line: 0, ..text }
        };
        match part.resource::<T>(it) {
            Some(read) => into.add(name(&read.value), read),
            None => {
                into.cut("one of the list is not in the shape that AWS gives it", part.line_of(""));
            }
        }
    }
    Some(all.len())
}

/// Takes a list of names.
pub(super) fn listed(
    into: &mut Listing<String>,
    text: Part<'_>,
    value: &Value,
    key: &str,
) -> Option<usize> {
    let all = value.get(key)?.as_array()?;
    let names: Option<Vec<&str>> = all.iter().map(Value::as_str).collect();
    let names = names?;
    into.answers.push(text.source());
    more(into, text, value);
    for name in &names {
        let source = text.line_of(name);
        into.add((*name).to_owned(), Resource { value: (*name).to_owned(), source });
    }
    Some(names.len())
}

pub(super) fn more<T>(into: &mut Listing<T>, text: Part<'_>, value: &Value) {
    let token = MORE.iter().find(|it| value.get(**it).is_some_and(|it| !it.is_null()));
    if let Some(token) = token {
        let why = "the list goes on after this answer; give the rest of it, too";
        into.cut(why, Source { text: format!("\"{token}\""), ..text.line_of(token) });
    }
}

/// Takes one resource.
pub(super) fn one<T>(
    into: &mut Listing<T>,
    text: Part<'_>,
    value: &Value,
    key: &str,
    name: impl Fn(&T) -> String,
) -> Option<String>
where
    T: DeserializeOwned + Default + Serialize,
{
    let it = value.get(key).filter(|it| it.is_object())?;
    let read = text.value(key)?.resource::<T>(it)?;
    let name = name(&read.value);
    into.add(name.clone(), read);
    Some(name)
}

impl Answers {
    pub(super) fn reservation(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        const KEY: &str = "SubnetIpv4CidrReservations";
        let all = value.get(KEY)?.as_array()?;
        self.reservations.answered(text, KEY);
        more(&mut self.reservations, text, value);
        for (it, part) in all.iter().zip(text.elements(KEY)) {
            let value = Reservation {
                subnet: string(it, "SubnetId"),
                cidr: string(it, "Cidr"),
                kind: string(it, "ReservationType"),
            };
            let key = format!("{} {}", value.subnet, value.cidr);
            self.reservations.add(key, Resource { value, source: part.source() });
        }
        Some(format!("{} CIDR reservations", all.len()))
    }
}
