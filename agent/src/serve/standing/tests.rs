//! What must hold after any sequence of looks.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Look {
    /// Decides this one. Another that stands is seen gone by it, or hidden behind it.
    Decides { key: u8, hides: bool },
    /// Everything holds.
    Good,
    /// Nothing can be told, or the look did not end.
    Dark,
}

impl Look {
    fn decided(self) -> Option<u8> {
        match self {
            Self::Decides { key, .. } => Some(key),
            Self::Good | Self::Dark => None,
        }
    }

    fn sight(self, of: u8) -> Sight {
        match self {
            Self::Decides { key, .. } if key == of => Sight::Present,
            Self::Good | Self::Decides { hides: false, .. } => Sight::Gone,
            Self::Dark | Self::Decides { hides: true, .. } => Sight::Unseen,
        }
    }
}

/// A machine with what it said, and what follows from that for each verdict.
struct Watched {
    standing: Standing<u8>,
    stands: BTreeSet<u8>,
}

impl Watched {
    fn new(rule: Rule) -> Self {
        Self { standing: Standing::new(rule), stands: BTreeSet::new() }
    }

    /// Each verdict is reported and taken back in turns.
    fn look(&mut self, look: Look) -> Vec<Change<u8>> {
        let changes = self.standing.look(look.decided(), |key| look.sight(key));
        for change in &changes {
            match change {
                Change::Reported(key) => assert!(self.stands.insert(*key), "{key} twice"),
                Change::Cleared(key) | Change::Expired(key) => {
                    assert!(self.stands.remove(key), "{key} did not stand");
                }
            }
        }
        changes
    }
}

fn looks() -> impl Strategy<Value = Vec<Look>> {
    let look = prop_oneof![
        4 => (0u8..4, any::<bool>()).prop_map(|(key, hides)| Look::Decides { key, hides }),
        2 => Just(Look::Good),
        2 => Just(Look::Dark),
    ];
    prop::collection::vec(look, 0..200)
}

fn rule() -> impl Strategy<Value = Rule> {
    (1u8..6).prop_flat_map(|of| (1..=of).prop_map(move |seen| Rule { seen, of }))
}

proptest! {
    #[test]
    fn what_is_reported_was_seen_so_often_and_what_was_is_reported(looks in looks(), rule in rule()) {
        let mut watched = Watched::new(rule);
        // Sightings since it was last taken back.
        let mut seen: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
        for (at, look) in looks.iter().enumerate() {
            let changes = watched.look(*look);
            for change in &changes {
                if !matches!(change, Change::Reported(_)) {
                    seen.remove(&change.key());
                }
            }
            let Some(key) = look.decided() else { continue };
            let of_it = seen.entry(key).or_default();
            of_it.push(at);
            let recent = of_it.iter().filter(|it| at - **it < usize::from(rule.of)).count();
            let reported = changes.contains(&Change::Reported(key));
            if reported {
                prop_assert!(recent >= usize::from(rule.seen), "{key} after {recent}");
            }
            if recent >= usize::from(rule.seen) {
                prop_assert!(watched.stands.contains(&key), "{key} was seen {recent} times");
            }
        }
    }

    #[test]
    fn after_a_good_look_nothing_stands(looks in looks(), rule in rule()) {
        let mut watched = Watched::new(rule);
        for look in looks {
            watched.look(look);
            if matches!(look, Look::Good) {
                prop_assert!(watched.stands.is_empty());
            }
        }
        watched.look(Look::Good);
        prop_assert!(watched.stands.is_empty() && watched.standing.held.is_empty());
    }

    #[test]
    fn what_is_seen_gone_does_not_stand_and_what_is_seen_stays(looks in looks(), rule in rule()) {
        let mut watched = Watched::new(rule);
        for look in looks {
            let before = watched.stands.clone();
            watched.look(look);
            for key in before {
                match look.sight(key) {
                    Sight::Gone => prop_assert!(!watched.stands.contains(&key)),
                    Sight::Present => prop_assert!(watched.stands.contains(&key)),
                    Sight::Unseen => {}
                }
            }
        }
    }

    #[test]
    fn in_the_dark_nothing_is_reported_or_cleared_and_everything_expires(
        looks in looks(), rule in rule(), dark in 1u16..30,
    ) {
        let mut watched = Watched::new(rule);
        for look in looks {
            watched.look(look);
        }
        let mut changes = Vec::new();
        for _ in 0..dark {
            changes.extend(watched.look(Look::Dark));
        }
        prop_assert!(changes.iter().all(|it| matches!(it, Change::Expired(_))), "{changes:?}");
        if dark >= EXPIRES {
            prop_assert!(watched.stands.is_empty());
        }
    }

    #[test]
    fn it_holds_no_more_than_its_last_looks(looks in looks(), rule in rule()) {
        let mut standing = Standing::new(rule);
        for look in looks {
            standing.look(look.decided(), |key| look.sight(key));
            prop_assert!(standing.last.len() <= usize::from(rule.of) && standing.held.len() <= 4);
        }
    }
}

#[test]
fn two_of_three_is_what_a_single_glitch_is_not() {
    let seen = Look::Decides { key: 1, hides: false };
    let told = |looks: &[Look]| {
        let mut watched = Watched::new(Rule::default());
        looks.iter().map(|look| watched.look(*look)).collect::<Vec<_>>()
    };
    let none = Vec::new;
    let reported = || vec![Change::Reported(1)];
    assert_eq!(told(&[seen, Look::Good, Look::Good]), [none(), none(), none()]);
    assert_eq!(told(&[seen, Look::Good, seen]), [none(), none(), reported()]);
    assert_eq!(told(&[seen, Look::Dark, Look::Dark, seen]), [none(), none(), none(), none()]);
    let back = told(&[seen, seen, Look::Good, seen, seen]);
    assert_eq!(back, [none(), reported(), vec![Change::Cleared(1)], none(), reported()]);
}

#[test]
fn a_rule_is_read_as_it_is_written() {
    assert_eq!("2/3".parse(), Ok(Rule::default()));
    assert_eq!("1/1".parse(), Ok(Rule { seen: 1, of: 1 }));
    for bad in ["", "2", "0/3", "4/3", "2/33", "2/3/4", "-1/3", "two/three", "2 /3"] {
        assert!(bad.parse::<Rule>().is_err(), "{bad}");
    }
}
