//! Records into what they say: each is read by its innermost sign.

use std::cmp::Ordering;

use crate::{
    chain::{self, Chain, Link, Sign, Way, ladder},
    facts::{self, Answer, Facts, Observed},
    pattern::{self, Names},
    report::{Evidence, SetAside},
};

mod recover;

/// A line of a log with its continuation, or the error that an API gave to the collector itself.
pub(super) struct Record {
    place: String,
    /// 0 where lines are not counted.
    line: u32,
    at: Option<String>,
    text: String,
    /// Whether it is the answer to the collector's own call, which nothing healthy leaves unexplained.
    answer: bool,
    /// On whose console it stood.
    instance: String,
}

/// One record by what it can mean.
pub(super) struct Said<'a> {
    pub(super) record: &'a Record,
    pub(super) could_be: Vec<Way>,
    pub(super) exhaustive: bool,
    pub(super) shows: &'static [&'static Link],
    /// Only the workload itself, at work later, speaks against it.
    pub(super) by_client: bool,
    /// It names no cause, where another line of the link does.
    pub(super) summary: bool,
    pub(super) evidence: Evidence,
    pub(super) names: Names,
}

impl Said<'_> {
    pub(super) fn aside(&self, why: &str) -> SetAside {
        SetAside { evidence: self.evidence.clone(), why: why.to_owned() }
    }

    /// Against the check that says otherwise; `None` when one of the two has no time.
    pub(super) fn age(&self, checked: Option<&String>) -> Option<Ordering> {
        let (at, checked) = (self.record.at.as_ref()?, checked?);
        if self.record.answer && one_look(at, checked) {
            return Some(Ordering::Equal);
        }
        Some(at.cmp(checked))
    }

    /// To the collector's own call.
    pub(super) fn is_answer(&self) -> bool {
        self.record.answer
    }

    /// A client's own doing, which the workload has not been seen to overcome since.
    pub(super) fn outlasts(&self, worked: Option<&String>) -> bool {
        self.by_client && worked.is_none_or(|at| self.age(Some(at)) == Some(Ordering::Greater))
    }

    /// Whether it can mean the same, and nothing else.
    pub(super) fn is(&self, ways: &[Way]) -> bool {
        let same = |(a, b): (&Way, &Way)| std::ptr::eq(a.0, b.0) && std::ptr::eq(a.1, b.1);
        self.could_be.len() == ways.len() && self.could_be.iter().zip(ways).all(same)
    }

    /// Whether another record says no more than this one; one that nobody knows may say anything.
    pub(super) fn says_as(&self, other: &Self) -> bool {
        !self.could_be.is_empty() && self.is(&other.could_be)
    }

    /// On whose console it stood, where several instances have one.
    pub(super) fn instance(&self) -> Option<&str> {
        Some(self.record.instance.as_str()).filter(|it| !it.is_empty())
    }

    pub(super) fn place(&self) -> String {
        match self.record.line {
            0 => self.record.place.clone(),
            line => format!("{}:{line}", self.record.place),
        }
    }
}

/// A look asks all at once, and what it asked first may have answered last: within it nothing is older.
fn one_look(a: &str, b: &str) -> bool {
    const LOOK: i64 = 60;
    facts::seconds(a, b).is_some_and(|it| it.abs() <= LOOK)
}

/// What APIs told the collector is read by the same signs as what they told the workload.
pub(super) fn records(facts: &Facts) -> Vec<Record> {
    let lines = facts.lines.iter().map(|line| Record {
        place: line.place.clone(),
        line: line.line,
        at: line.at.clone(),
        text: line.text.clone(),
        answer: false,
        instance: line.instance.clone(),
    });
    let answers = [&facts.pod.web_identity, &facts.pod.pod_identity, &facts.node.ecr_token];
    lines.chain(answers.into_iter().filter_map(answer)).chain(waiting(facts)).collect()
}

fn answer(observed: &Observed<Answer>) -> Option<Record> {
    let (source, text) = match observed {
        Observed::Seen { value, source } if !value.accepted() => (source, &source.text),
        Observed::Failed { why, source } => (source, why),
        _ => return None,
    };
    Some(Record {
        place: source.place.clone(),
        line: source.line,
        at: source.at.clone(),
        text: text.clone(),
        answer: true,
        instance: String::new(),
    })
}

/// A pod that does not run is an answer too: whatever else holds, something keeps it.
fn waiting(facts: &Facts) -> Option<Record> {
    let Observed::Seen { value, source } = &facts.cluster.pod else { return None };
    let pod = value.present().filter(|it| matches!(it.phase.as_str(), "Pending" | "Failed"))?;
    let quote = source.quote(&pod.phase);
    Some(Record {
        place: quote.source,
        line: quote.line.unwrap_or_default(),
        at: source.at.clone(),
        text: quote.quote,
        answer: true,
        instance: String::new(),
    })
}

/// Wrapped errors put their cause last: the sign that begins last in a record is the innermost.
pub(super) fn hear(records: &[Record]) -> (Vec<Said<'_>>, Vec<SetAside>) {
    let (mut said, mut set_aside) = (Vec::new(), Vec::new());
    let recoveries = recover::recoveries(records);
    for (at, record) in records.iter().enumerate() {
        let held = chain::HELD.iter().filter_map(|sign| by_sign(record, sign));
        said.extend(held.map(|(.., it)| it));
        let signs = chain::links().flat_map(|(_, link)| link.signs).chain(chain::NOISE);
        let by_sign = signs.filter_map(|sign| by_sign(record, sign));
        // Of two signs that begin at one place the first listed wins, as the last in reverse order.
        let all: Vec<_> = by_sign.chain(by_wire(record)).collect();
        match all.into_iter().rev().max_by_key(|(at, ..)| *at) {
            Some((_, why, it)) if !why.is_empty() => set_aside.push(it.aside(why)),
            Some((.., mut it)) => {
                if !record.instance.is_empty() {
                    it.names.insert("instance", record.instance.clone());
                }
                chain::image_pull::named(&record.text, &mut it.could_be, &mut it.names);
                chain::pod_network::named(&record.text, &it.could_be, &mut it.names);
                chain::node_join::refused(&record.text, &mut it.could_be, &mut it.names);
                chain::irsa::asked(&it.names, &mut it.could_be);
                match recoveries.iter().find(|recovery| recovery.ends(at, &it)) {
                    Some(recovery) => set_aside.push(it.aside(&recovery.told())),
                    None => said.push(it),
                }
            }
            None if record.answer || refused(&record.text) => said.push(unexplained(record)),
            None => {}
        }
    }
    (said, set_aside)
}

/// Whether a line tells of this chain alone, or that a failure of it is over: of all that a node's
/// journal has, the rest is about its pods.
pub(super) fn concerns(line: &facts::Line, chain: &Chain) -> bool {
    let over = |it: &chain::Recovery| {
        std::ptr::eq(it.of, chain) && pattern::read(it.text, &line.text).is_some()
    };
    if chain::RECOVERIES.iter().any(over) {
        return true;
    }
    let facts = Facts { lines: vec![line.clone()], ..Facts::default() };
    let records = records(&facts);
    let (said, _) = hear(&records);
    let own = |way: &Way| chain.links.iter().any(|link| std::ptr::eq(*link, way.0));
    !said.is_empty() && said.iter().all(|it| !it.could_be.is_empty() && it.could_be.iter().all(own))
}

/// In words of AWS that no sign knows, something was refused: nobody may call that healthy.
fn refused(text: &str) -> bool {
    const REFUSALS: [&str; 7] = [
        "AccessDenied",
        "UnauthorizedOperation",
        "not authorized to perform",
        "ExpiredToken",
        "InvalidClientTokenId",
        "AuthFailure",
        "SignatureDoesNotMatch",
    ];
    REFUSALS.iter().any(|it| text.contains(it))
}

/// A call that came to nothing in words that nobody knows: open, whatever else holds.
fn unexplained(record: &Record) -> Said<'_> {
    let (could_be, shows, names) = (Vec::new(), [].as_slice(), Names::new());
    let (by_client, summary, evidence) = (false, false, quote(record, 0));
    Said { record, could_be, exhaustive: false, shows, by_client, summary, evidence, names }
}

type Heard<'a> = (usize, &'static str, Said<'a>);

fn by_sign<'a>(record: &'a Record, sign: &'static Sign) -> Option<Heard<'a>> {
    let (at, names) = pattern::read(sign.text, &record.text)?;
    let Sign { could_be, exhaustive, shows, by_client, summary, why, .. } = *sign;
    let (could_be, evidence) = (could_be.to_vec(), quote(record, at));
    let said = Said { record, could_be, exhaustive, shows, by_client, summary, evidence, names };
    Some((at, why, said))
}

/// Which link a transport error breaks is decided by its host.
fn by_wire(record: &Record) -> Vec<Heard<'_>> {
    let all: Vec<_> =
        ladder::WIRE.iter().filter_map(|wire| Some((wire, wire.read(&record.text)?))).collect();
    let named = all.iter().any(|(wire, _)| !wire.bare);
    all.into_iter()
        .filter(|(wire, _)| !(named && wire.bare))
        .filter_map(|(wire, (at, names))| {
            let host = names.get("host")?;
            let hosted = chain::links().filter(|(_, link)| (link.host)(host));
            let could_be: Vec<Way> = hosted.flat_map(|(_, link)| wire.ways(link)).collect();
            let evidence = quote(record, at);
            let (shows, exhaustive, by_client, summary) = ([].as_slice(), false, false, false);
            let said =
                Said { record, could_be, exhaustive, shows, by_client, summary, evidence, names };
            (!said.could_be.is_empty()).then_some((at, "", said))
        })
        .collect()
}

/// The physical line of the record in which the sign stands.
fn quote(record: &Record, at: usize) -> Evidence {
    let start = record.text[..at].rfind('\n').map_or(0, |it| it + 1);
    let offset = u32::try_from(record.text[..start].matches('\n').count()).unwrap_or(0);
    let quote = record.text[start..].lines().next().unwrap_or("").trim().to_owned();
    let line = (record.line > 0).then_some(record.line + offset);
    Evidence { quote, source: record.place.clone(), line }
}
