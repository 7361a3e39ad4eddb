//! Resources of one kind, from one answer or several, and whether these are all of them.

use std::collections::BTreeSet;

use super::fragment::Part;
use crate::facts::aws::Resource;
use crate::facts::{Observed, Source};

pub(super) struct Listing<T> {
    pub(super) all: Vec<Resource<T>>,
    keys: BTreeSet<String>,
    /// Where each answer begins.
    pub(super) answers: Vec<Source>,
    /// Why there may be more, and where that shows.
    pub(super) cut: Option<(String, Source)>,
}

// Without asking that of what is listed.
impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self { all: Vec::new(), keys: BTreeSet::new(), answers: Vec::new(), cut: None }
    }
}

impl<T> Listing<T> {
    /// The one that was given first stands.
    pub(super) fn add(&mut self, key: String, it: Resource<T>) {
        if key.is_empty() || self.keys.insert(key) {
            self.all.push(it);
        }
    }

    pub(super) fn answered(&mut self, text: Part<'_>, key: &str) {
        self.answers.push(text.line_of(key));
    }

    pub(super) fn cut(&mut self, why: &str, source: Source) {
        self.cut.get_or_insert((why.to_owned(), source));
    }

    pub(super) fn is_whole(&self) -> bool {
        self.cut.is_none() && !self.answers.is_empty()
    }

    pub(super) fn is_given(&self) -> bool {
        !self.answers.is_empty() || !self.all.is_empty()
    }

    /// Where the list is; its text only where it has nothing else to quote.
    fn source(&self, empty: bool) -> Source {
        let source = self.answers.first().or(self.all.first().map(|it| &it.source));
        let mut source = source.cloned().unwrap_or_default();
        if !empty {
            source.text.clear();
        }
        source
    }
}

impl<T: Clone> Listing<T> {
    /// Those of one group, where the list is whole: what it does not hold is not there.
    pub(super) fn whole(&self, own: impl Fn(&T) -> bool) -> Observed<Vec<Resource<T>>> {
        match &self.cut {
            Some((why, source)) => Observed::failed(why, source.clone()),
            None => self.some(own),
        }
    }

    /// Those of one group, which may not be all of them; that there is none says only a whole list.
    pub(super) fn some(&self, own: impl Fn(&T) -> bool) -> Observed<Vec<Resource<T>>> {
        let found: Vec<_> = self.all.iter().filter(|it| own(&it.value)).cloned().collect();
        match &self.cut {
            Some((why, source)) if found.is_empty() => Observed::failed(why, source.clone()),
            _ if !self.is_given() => Observed::Skipped,
            _ => {
                let source = self.source(found.is_empty());
                Observed::seen(found, source)
            }
        }
    }

    pub(super) fn find(&self, own: impl Fn(&T) -> bool) -> Option<&Resource<T>> {
        self.all.iter().find(|it| own(&it.value))
    }
}

/// Names alone, as a list of them.
impl Listing<String> {
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|it| &*it.value)
    }
}
