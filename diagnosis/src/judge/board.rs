//! The links on their way to a state: what they saw, what the records say of them, what is left.

use std::cmp::Ordering;

use super::hear::Said;
use crate::{
    chain::{self, Chain, Fault, Link, Verdict, Way, ladder},
    facts::{Facts, inputs::NEWER_LINES},
    pattern,
    report::{SetAside, State},
};

pub(super) struct Board {
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    pub(super) chain: &'static Chain,
    pub(super) link: &'static Link,
    pub(super) verdict: Verdict,
    /// Whether it explains a record that was supplied.
    pub(super) explains: bool,
    /// Whether it is how a client sees another broken link.
    pub(super) follows: bool,
    /// Whether it is the cause of what a node saw.
    pub(super) caused: bool,
}

/// A record that no known fault explains, with the ways that are left.
pub(super) struct Symptom<'a> {
    pub(super) said: Said<'a>,
    pub(super) left: Vec<Way>,
}

impl Row {
    pub(super) fn look(chain: &'static Chain, link: &'static Link, facts: &Facts) -> Self {
        let verdict = (link.look)(facts).unwrap_or_else(Verdict::from);
        Self { chain, link, verdict, explains: false, follows: false, caused: false }
    }

    pub(super) fn is(&self, link: &Link) -> bool {
        std::ptr::eq(self.link, link)
    }

    pub(super) fn waited(&self) -> bool {
        self.verdict.fault.is_some_and(chain::node_join::waited)
    }

    pub(super) fn of_account(&self) -> bool {
        chain::node_join::OF_ACCOUNT.iter().any(|it| self.is(it))
    }

    fn broken_by(&mut self, fault: &'static Fault, said: &Said) {
        let it = &mut self.verdict;
        if it.state != State::Broken {
            let title = pattern::write(fault.title, &said.names);
            // EC2 keeps a console for about an hour after its instance is gone.
            it.detail =
                said.instance().map_or(title.clone(), |of| format!("console of {of}: {title}"));
        }
        // What only sums up gives way to a line that names the cause.
        if it.fault.is_some_and(chain::node_join::sums_up) {
            it.fault = Some(fault);
        }
        it.fault.get_or_insert(fault);
        // A collector's own answer is seen by the look and heard as a record: one quote is enough.
        it.evidence.retain(|known| *known != said.evidence);
        it.evidence.insert(0, said.evidence.clone());
        it.names.extend(said.names.clone());
        (it.state, it.needs, self.explains) = (State::Broken, None, true);
    }

    /// What the records prove about this link alone; the last word counts.
    fn listen(&mut self, said: &[Said], worked: Option<&String>, set_aside: &mut Vec<SetAside>) {
        let mut last: Option<(&Said, Option<&'static Fault>)> = None;
        // Since when it has been said: there a person looks for what came before.
        let mut first: Option<&Said> = None;
        for said in said {
            let fault = match said.could_be[..] {
                [Way(link, fault)] if self.is(link) => Some(fault),
                _ if said.shows.iter().any(|link| self.is(link)) => None,
                _ => continue,
            };
            if said.summary && last.is_some_and(|(it, fault)| fault.is_some() && !it.summary) {
                continue;
            }
            if let (Some((earlier, Some(_))), None) = (last, fault) {
                set_aside.push(earlier.aside("a later line shows that this link held"));
            }
            let before = last.and_then(|(_, fault)| fault);
            first = match (fault, before) {
                (Some(fault), Some(before)) if std::ptr::eq(fault, before) => first,
                (fault, _) => fault.map(|_| said),
            };
            last = Some((said, fault));
        }
        let it = &mut self.verdict;
        match (last, it.state) {
            (Some((said, Some(fault))), State::Intact) if said.outlasts(worked) => {
                self.broken_by(fault, said);
            }
            (Some((said, Some(fault))), State::Intact) => match said.age(it.at.as_ref()) {
                Some(Ordering::Less) => {
                    set_aside.push(said.aside("older than the check that found this link intact"));
                }
                Some(_) => self.broken_by(fault, said),
                None => {
                    it.evidence.push(said.evidence.clone());
                    it.detail = format!("seen intact ({}), but a line says broken", it.detail);
                    (it.state, it.needs) = (State::Unknown, Some(&NEWER_LINES));
                }
            },
            (Some((said, Some(fault))), _) => self.broken_by(fault, said),
            (Some((said, None)), State::Unknown) => {
                it.detail = format!("shown by {}", said.place());
                (it.state, it.needs) = (State::Intact, None);
            }
            _ => {}
        }
        if let Some(first) = first.filter(|_| self.explains) {
            let evidence = &mut self.verdict.evidence;
            evidence.retain(|known| *known != first.evidence);
            evidence.insert(0, first.evidence.clone());
        }
        // A fault that quotes a record explains it, whichever link the record names by itself.
        let it = &self.verdict;
        let quotes = said.iter().any(|said| it.evidence.contains(&said.evidence));
        self.explains |= it.state == State::Broken && quotes;
    }
}

/// Quotes of each effect beside those of its cause.
const EFFECTS: usize = 2;

/// Whether what the account has wrong in one subnet concerns the instance that looked.
fn reaches(facts: &Facts, cause: &Row) -> bool {
    let Some(subnet) = cause.verdict.names.get("subnet") else { return true };
    let mut instances = facts.account.group.instances.value().into_iter().flatten();
    let own = instances.find(|it| !facts.seen_on.is_empty() && it.instance_id == facts.seen_on);
    own.is_none_or(|it| it.subnet_id.is_empty() || subnet.contains(&it.subnet_id))
}

impl Board {
    /// Whether anything at all is known of a link, or speaks against one.
    pub(super) fn knows(&self) -> bool {
        self.rows.iter().any(|row| match row.verdict.state {
            State::Intact | State::Broken => true,
            _ => !row.verdict.evidence.is_empty(),
        })
    }

    /// Without what only the account could tell, where nothing was learned from it.
    pub(super) fn in_view(&self) -> impl Iterator<Item = &Row> {
        let silent = |row: &Row| {
            matches!(row.verdict.state, State::Unknown | State::Blocked)
                && row.verdict.evidence.is_empty()
        };
        let heard = self.rows.iter().any(|row| row.of_account() && !silent(row));
        self.rows.iter().filter(move |row| heard || !row.of_account())
    }

    /// `worked`: when the workload itself was last seen at work.
    pub(super) fn listen(
        &mut self,
        said: &[Said],
        worked: Option<&String>,
        set_aside: &mut Vec<SetAside>,
    ) {
        for row in &mut self.rows {
            row.listen(said, worked, set_aside);
        }
    }

    /// Takes from each symptom the ways that are excluded; one that nobody knows has none. A broken way explains the symptom; the
    /// last way left is a proof where the sign names every way there is.
    pub(super) fn narrow<'a>(
        &mut self,
        said: Vec<Said<'a>>,
        worked: Option<&String>,
        set_aside: &mut Vec<SetAside>,
    ) -> Vec<Symptom<'a>> {
        let mut open = Vec::new();
        let mut quoted: Vec<(&Link, Vec<Way>)> = Vec::new();
        let open_to = |it: &Said| match it.could_be.len() {
            // One that nobody knows is open; one that only shows what held is not.
            0 => it.shows.is_empty(),
            ways => ways > 1,
        };
        for said in said.into_iter().filter(open_to) {
            if let Some(row) = self.explained(&said) {
                row.explains = true;
                // Of many lines that say the same the first is enough.
                let again = |(link, ways): &(&Link, Vec<Way>)| row.is(link) && said.is(ways);
                if !row.verdict.evidence.contains(&said.evidence) && !quoted.iter().any(again) {
                    quoted.push((row.link, said.could_be));
                    row.verdict.evidence.push(said.evidence);
                }
                continue;
            }
            let left: Vec<Way> =
                said.could_be.iter().copied().filter(|way| self.possible(way)).collect();
            match left[..] {
                [Way(link, fault)] if said.exhaustive => {
                    if let Some(row) = self.rows.iter_mut().find(|row| row.is(link)) {
                        row.broken_by(fault, &said);
                    }
                }
                [] if !said.outlasts(worked)
                    && said.age(self.first_check(&said)) == Some(Ordering::Less) =>
                {
                    set_aside.push(said.aside("older than the checks that found its links intact"));
                }
                _ => open.push(Symptom { said, left }),
            }
        }
        open
    }

    /// What one fault makes a client say is told with it, not as another fault.
    pub(super) fn follow(&mut self) {
        for at in 0..self.rows.len() {
            let Row { link, verdict, explains: true, .. } = &self.rows[at] else { continue };
            let (link, names, cause) = (*link, verdict.names.clone(), verdict.fault);
            if verdict.state != State::Broken {
                continue;
            }
            let mut effects = Vec::new();
            for row in &mut self.rows {
                let fault = row.verdict.fault.filter(|_| !row.is(link));
                let seen = |it| {
                    let said = &row.verdict;
                    chain::pod_network::seen_as(link, &names, it, &said.evidence)
                        || cause.is_some_and(|own| chain::node_join::seen_as(own, it, &said.names))
                };
                if fault.is_some_and(seen) && !matches!(row.chain.id, "node-join" | "image-pull") {
                    row.follows = true;
                    effects.extend(row.verdict.evidence.iter().cloned());
                }
            }
            self.rows[at].verdict.evidence.extend(effects);
        }
    }

    /// What a node sees of that which the account has wrong is told with it, not as a second fault;
    /// what only sums up is told with whatever it sums up.
    pub(super) fn follow_account(&mut self, facts: &Facts) {
        for at in 0..self.rows.len() {
            let cause = &self.rows[at];
            let broken = cause.verdict.state == State::Broken && !cause.follows;
            if !broken || cause.chain.id != "node-join" || !reaches(facts, cause) {
                continue;
            }
            let (link, names) = (cause.link, cause.verdict.names.clone());
            let (mut effects, mut explains, mut caused) = (Vec::new(), false, false);
            for row in self.rows.iter_mut().filter(|row| !row.is(link) && !row.of_account()) {
                let fault = row.verdict.fault.filter(|_| row.verdict.state == State::Broken);
                let Some(fault) = fault.filter(|_| !row.follows) else { continue };
                let seen = chain::node_join::explained(link, &names, row.link, fault);
                if seen || chain::node_join::summed_up(link, row.link, fault) {
                    row.follows = true;
                    caused |= seen;
                    explains |= row.explains;
                    effects.extend(row.verdict.evidence.iter().take(EFFECTS).cloned());
                }
            }
            let row = &mut self.rows[at];
            row.explains |= explains;
            row.caused |= caused;
            effects.retain(|it| !row.verdict.evidence.contains(it));
            row.verdict.evidence.extend(effects);
        }
    }

    fn explained(&mut self, said: &Said) -> Option<&mut Row> {
        let caused = |row: &Row| {
            said.could_be.iter().any(|Way(link, fault)| {
                let own = row.verdict.fault.filter(|_| row.is(link));
                own.is_some_and(|it| std::ptr::eq(it, *fault) || ladder::refines(it, fault))
            })
        };
        self.rows.iter_mut().find(|row| caused(row))
    }

    fn possible(&self, way: &Way) -> bool {
        let row = self.rows.iter().find(|row| row.is(way.0));
        row.is_none_or(|row| row.verdict.state == State::Unknown)
    }

    fn first_check(&self, said: &Said) -> Option<&String> {
        let among = |row: &&Row| said.could_be.iter().any(|way| row.is(way.0));
        self.rows.iter().filter(among).filter_map(|row| row.verdict.at.as_ref()).min()
    }

    /// Nobody needs to look at what the pod has behind it.
    pub(super) fn started(&mut self) {
        for row in &mut self.rows {
            let it = &mut row.verdict;
            if it.state == State::Unknown
                && it.evidence.is_empty()
                && chain::starts_pods(row.chain, row.link)
            {
                *it = Verdict::not_applicable("the pod runs");
            }
        }
    }

    /// The same words of one source at another time are no second proof.
    pub(super) fn distinct(&mut self) {
        for row in &mut self.rows {
            let mut known: Vec<(String, String)> = Vec::new();
            row.verdict.evidence.retain(|it| {
                let bare = it.quote.chars().filter(|it| !it.is_ascii_digit()).collect();
                let bare = (it.source.clone(), bare);
                let new = !known.contains(&bare);
                known.push(bare);
                new
            });
        }
    }

    /// What follows a broken link was not reached, unless it has evidence of its own.
    pub(super) fn block(&mut self) {
        let mut broken = None;
        for row in &mut self.rows {
            match row.verdict.state {
                // What was waited for may be broken behind it.
                State::Broken if row.waited() => {}
                State::Broken => broken = Some(row.chain.id),
                State::Unknown if broken == Some(row.chain.id) => {
                    let it = &mut row.verdict;
                    (it.state, it.needs) = (State::Blocked, None);
                    "not reached".clone_into(&mut it.detail);
                }
                _ => {}
            }
        }
    }
}
