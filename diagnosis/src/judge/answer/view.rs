//! The checklist: which chains are shown, and each of their links.

use crate::{
    chain::{CHAINS, Chain},
    facts::{Input, NOT_SEEN},
    judge::{Board, Row},
    pattern::{self, Names},
    report::{Cause, ChainView, LinkView, Need, State},
};

/// Only chains of which something is known: a list of question marks tells nobody anything. Beside
/// one that matters, another has to be known for the most part.
pub(super) fn views(
    board: &Board,
    decided: bool,
    possible: &[Cause],
    names: &Names,
) -> Vec<ChainView> {
    let rows = |chain: &Chain| {
        let id = chain.id;
        board.in_view().filter(move |row| row.chain.id == id)
    };
    let count = |chain, state| rows(chain).filter(|row| row.verdict.state == state).count();
    let matters = |chain: &Chain| {
        let speaks = |row: &Row| match row.verdict.state {
            State::Broken => true,
            _ => !decided && row.doubted(),
        };
        rows(chain).any(speaks) || possible.iter().any(|it| it.chain == chain.id)
    };
    let any = CHAINS.iter().any(|it| matters(it));
    let most = CHAINS.iter().map(|it| count(it, State::Intact)).max().unwrap_or_default();
    let shown = |chain: &&&'static Chain| match count(chain, State::Intact) {
        _ if matters(chain) => true,
        0 => false,
        intact if any => intact >= count(chain, State::Unknown),
        // One link that was seen by the way is no picture of a chain, beside one that is.
        intact => intact == most || intact * 8 >= count(chain, State::Unknown),
    };
    let view = |chain: &&'static Chain| ChainView {
        id: chain.id,
        title: chain.title,
        links: rows(chain).map(|row| link_view(row, names)).collect(),
    };
    CHAINS.iter().filter(shown).map(view).collect()
}

fn link_view(row: &Row, names: &Names) -> LinkView {
    let need = |it: &Input| Need { input: it.id, how: pattern::write(it.how, names) };
    let needs = row.verdict.needs.map(need);
    let detail = match &needs {
        Some(need) if row.verdict.detail == NOT_SEEN => format!("needs: {}", need.how),
        _ => row.verdict.detail.clone(),
    };
    LinkView {
        id: row.link.id,
        title: row.link.title,
        state: row.verdict.state,
        detail,
        evidence: row.verdict.evidence.clone(),
        needs: needs.filter(|_| row.verdict.state == State::Unknown),
    }
}
