//! What AWS and the nodes said in words, so that the signs can speak.

use super::Answers;
use super::groups::Own;
use crate::document::redact::Clean;
use crate::facts::aws::{Presence, eks};
use crate::facts::{Facts, Line, Source};
use crate::judge;

impl Answers {
    pub(super) fn lines(&self, own: &Own<'_>, facts: &mut Facts) {
        let group = &facts.account.group;
        let mut said = Vec::new();
        // What was refused to the creator, the health of cluster and group, and failed launches have
        // links of their own; a workload's signs would hear themselves in the same words.
        for it in group.stack_events.value().into_iter().flatten() {
            let reason = &*it.resource_status_reason;
            if !reason.contains("authorized") && !reason.contains("failed to join") {
                said.push(line(&it.source, reason, it.timestamp.as_deref()));
            }
        }
        for it in group.addons.value().into_iter().flatten() {
            said.extend(issues(&it.health, &it.source, None));
        }
        facts.lines.extend(said.into_iter().filter(|it| !it.text.is_empty()));
        let of = self.consoles.iter().filter(|(it, ..)| self.is_of(own, facts, it));
        let views: Vec<Facts> = of.map(|(instance, lines, _)| view(instance, lines)).collect();
        // That one instance joined does not say that another did.
        let told = judge::worst(&views).map(|it| it.lines.clone());
        facts.lines.extend(told.unwrap_or_default());
    }

    /// What our own block on a console holds: what the node saw itself.
    pub(super) fn blocks(&self, own: &Own<'_>, facts: Facts) -> Facts {
        let of = self.consoles.iter().filter(|(it, ..)| self.is_of(own, &facts, it));
        let views = of.flat_map(|(instance, _, blocks)| {
            blocks.iter().map(|it| Facts { seen_on: instance.clone(), ..it.clone() })
        });
        let views: Vec<Facts> = views.collect();
        match judge::worst(&views) {
            Some(view) => facts.merge(view.clone()),
            None => facts,
        }
    }

    /// An instance that is gone may be known by its console alone.
    fn is_of(&self, own: &Own<'_>, facts: &Facts, instance: &str) -> bool {
        let known = facts.account.group.instances.value().into_iter().flatten();
        let elsewhere = self.instances.find(|it| it.instance_id == instance);
        known.clone().any(|it| it.instance_id == instance)
            || match elsewhere {
                Some(it) => own.instance(it),
                None => names_it(facts, instance) || self.groups().len() == 1,
            }
    }
}

/// Whether the group's health issues or its activities name it.
fn names_it(facts: &Facts, instance: &str) -> bool {
    let group = &facts.account.group;
    let nodegroup = group.nodegroup.value().and_then(Presence::present);
    let mut issues = nodegroup.into_iter().flat_map(|it| &it.health.issues);
    let activities = group.activities.value().into_iter().flatten();
    issues.any(|it| it.resource_ids.iter().any(|it| it == instance))
        || activities.map(|it| &it.value.description).any(|it| it.contains(instance))
}

fn view(instance: &str, lines: &[Line]) -> Facts {
    let of = |it: &Line| Line { instance: instance.to_owned(), ..it.clone() };
    Facts { lines: lines.iter().map(of).collect(), ..Facts::default() }
}

fn issues<'a>(
    health: &'a eks::Health,
    source: &'a Source,
    at: Option<&'a str>,
) -> impl Iterator<Item = Line> + 'a {
    health.issues.iter().map(move |it| {
        let said = line(source, &it.message, at);
        // The code stands on a line of its own.
        Line { text: format!("{}: {}", it.code, said.text), ..said }
    })
}

/// A message, on the line on which it stands.
fn line(source: &Source, message: &str, at: Option<&str>) -> Line {
    let escaped = serde_json::to_string(message).unwrap_or_default();
    let inner = escaped.trim_matches('"');
    let head = inner.get(..inner.floor_char_boundary(60)).unwrap_or_default();
    let written = source.quote(head);
    let (line, verbatim) = if written.quote.contains(head) && !head.is_empty() {
        (written.line.unwrap_or(0), written.quote)
    } else {
        (0, String::new())
    };
    let text = Clean::new(&message.replace('\n', " ")).into_text();
    Line {
        place: source.place.clone(),
        line,
        at: at.map(str::to_owned),
        text,
        verbatim,
        ..Line::default()
    }
}
