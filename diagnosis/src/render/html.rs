//! One page that explains itself, to attach to a ticket: no script, nothing from elsewhere, and a
//! policy that forbids both. Each link has the anchor `chain/link`.

use std::io::{Result, Write};

use super::story::{self, Told};
use crate::{
    facts::Collector,
    report::{ChainView, Evidence, Grant, LinkView, Outcome, Recognised, Report, State},
};

mod page;

pub(super) use page::Page;

/// A longer quote is cut in its middle.
const QUOTE: usize = 8000;

const STYLE: &str = include_str!("html/style.css");

/// The story of the text form; colour repeats what a glyph and a word say.
pub fn html(report: &Report, out: &mut impl Write) -> Result<()> {
    let mut page = Page::begin();
    begin(&format!("{}: {}", story::head(report), report.title), &mut page);
    body(report, &mut page);
    end(&report.source, page, out)
}

pub(super) fn begin(title: &str, page: &mut Page) {
    page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta http-equiv=\"Content-Security-Policy\" ");
    page.raw("content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n<title>").text(title);
    page.raw("</title>\n<style>\n").raw(STYLE).raw("</style>\n</head>\n<body>\n<main>\n");
}

pub(super) fn end(by: &Collector, mut page: Page, out: &mut impl Write) -> Result<()> {
    page.raw("<footer>eks-triage ").text(&by.command).raw(" ").text(&by.version);
    page.raw("</footer>\n</main>\n</body>\n</html>\n");
    out.write_all(page.end().as_bytes())
}

pub(super) fn body(report: &Report, page: &mut Page) {
    header(report, page);
    doubt(report, page);
    if !report.chains.is_empty() {
        page.raw("<section>\n<h2>Checklist</h2>\n");
        for chain in &report.chains {
            checklist(report, chain, page);
        }
        page.raw("</section>\n");
    }
    fix(report, page);
    others(report, page);
    changes(report, page);
    footer(report, page);
}

pub(super) fn header(report: &Report, page: &mut Page) {
    badge(report.outcome, &story::head(report), page.raw("<header>\n"));
    page.told("h1", &[], &report.title);
    if let Some(subject) = story::subject(report) {
        page.element("p", &["subject"], &subject);
    }
    page.raw("</header>\n");
    if !report.evidence.is_empty() {
        page.raw("<section>\n<h2>Evidence</h2>\n");
        quotes(&report.evidence, page);
        page.raw("</section>\n");
    }
}

pub(super) fn badge(outcome: Outcome, text: &str, page: &mut Page) {
    let class = match outcome {
        Outcome::Decided => "broken",
        Outcome::Undecided => "unknown",
        Outcome::Healthy => "intact",
    };
    page.element("p", &["badge", class], text);
}

pub(super) fn doubt(report: &Report, page: &mut Page) {
    if !report.possible.is_empty() {
        page.raw("<section>\n<h2>Possible</h2>\n<ul>\n");
        for it in story::possible(&report.possible) {
            page.element("li", &[], &it);
        }
        page.raw("</ul>\n</section>\n");
    }
    if !report.needs.is_empty() {
        page.raw("<section>\n<h2>Needs</h2>\n<dl>\n");
        for need in &report.needs {
            page.element("dt", &[], need.input).raw("<dd>");
            page.element("code", &[], &need.how).raw("</dd>\n");
        }
        page.raw("</dl>\n</section>\n");
    }
}

fn checklist(report: &Report, chain: &ChainView, page: &mut Page) {
    page.open("h3", chain.id).element("span", &["id"], chain.id);
    page.raw(" ").text(chain.title).raw("</h3>\n<ul class=\"links\">\n");
    for told in story::rows(report, chain) {
        match told {
            Told::One(link) => row(chain.id, link, page),
            Told::Many { state, why, links } => many(chain.id, state, why, links, page),
        }
    }
    page.raw("</ul>\n");
}

fn row(chain: &str, link: &LinkView, page: &mut Page) {
    state(page.open("li", &format!("{chain}/{}", link.id)), link.state);
    page.element("span", &["title"], link.title);
    page.told("span", &["detail"], &link.detail).raw("</li>\n");
}

/// Of these the names alone are to be read; each keeps its anchor.
fn many(chain: &str, of: State, why: &str, links: &[LinkView], page: &mut Page) {
    state(page.raw("<li>"), of);
    page.raw("<span class=\"names\">");
    for (index, link) in links.iter().enumerate() {
        page.raw(if index == 0 { "" } else { ", " });
        page.open("span", &format!("{chain}/{}", link.id)).text(link.title).raw("</span>");
    }
    page.raw("</span>");
    if why != story::word(of) {
        page.told("span", &["detail"], why);
    }
    page.raw("</li>\n");
}

pub(super) fn state(page: &mut Page, state: State) {
    let class = match state {
        State::Intact => "intact",
        State::Broken => "broken",
        State::Unknown => "unknown",
        State::Blocked | State::NotApplicable => "quiet",
    };
    page.raw("<span class=\"state ").raw(class).raw("\"><b>");
    page.text(&story::glyph(state).to_string()).raw("</b> ").text(story::word(state));
    page.raw("</span>");
}

fn fix(report: &Report, page: &mut Page) {
    let (Some(fix), Some(verify)) = (&report.fix, &report.verify) else {
        return;
    };
    page.raw("<section>\n<h2>Fix</h2>\n").told("p", &[], &fix.summary);
    page.element("pre", &["paste"], &fix.change);
    page.told("p", &["note"], &format!("by {}; {}", fix.owner, fix.impact));
    page.raw("</section>\n<section>\n<h2>Verify</h2>\n");
    page.element("pre", &["paste"], &verify.command);
    page.told("p", &["note"], &format!("expect {}", verify.expect)).raw("</section>\n");
}

fn others(report: &Report, page: &mut Page) {
    if !report.also.is_empty() {
        page.raw("<section>\n<h2>Also</h2>\n");
    }
    for it in &report.also {
        page.raw("<p>").element("b", &[], it.plane.word()).raw(" ").text(&it.title).raw(" (");
        page.link(&format!("{}/{}", it.chain, it.link)).raw(")</p>\n");
        quotes(&it.evidence, page);
    }
    page.raw(if report.also.is_empty() { "" } else { "</section>\n" });
    if !report.risks.is_empty() {
        page.raw("<section>\n<h2>Works, but is too wide</h2>\n");
    }
    for it in &report.risks {
        page.told("p", &[], &it.title);
        quotes(&it.evidence, page);
    }
    page.raw(if report.risks.is_empty() { "" } else { "</section>\n" });
}

fn footer(report: &Report, page: &mut Page) {
    if !report.set_aside.is_empty() {
        page.raw("<section>\n<h2>Set aside</h2>\n");
    }
    for (it, why) in story::aside(&report.set_aside) {
        quotes(std::slice::from_ref(it), page);
        page.told("p", &["note"], &why);
    }
    page.raw(if report.set_aside.is_empty() { "" } else { "</section>\n" });
    read(&report.inputs, page);
    commands(&report.more, report.grant.as_ref(), page);
}

pub(super) fn read(inputs: &[Recognised], page: &mut Page) {
    if !inputs.is_empty() {
        page.raw("<section>\n<h2>Read</h2>\n<dl>\n");
        for it in inputs {
            page.element("dt", &[], &it.source).element("dd", &[], &it.recognised_as);
        }
        page.raw("</dl>\n</section>\n");
    }
}

pub(super) fn commands(more: &[String], grant: Option<&Grant>, page: &mut Page) {
    if !more.is_empty() {
        page.raw("<section>\n<h2>Not seen yet</h2>\n");
        page.element("pre", &["paste"], &more.join("\n")).raw("</section>\n");
    }
    if let Some(grant) = grant {
        page.raw("<section>\n<h2>Rights to ask for</h2>\n");
        page.element("pre", &["paste"], &grant.text()).raw("</section>\n");
    }
}

fn changes(report: &Report, page: &mut Page) {
    let Some((first, changes)) = story::changes(report) else { return };
    page.raw("<section>\n<h2>Changed shortly before</h2>\n").element("p", &["note"], &first);
    page.raw("<ul>\n");
    for it in &changes {
        page.element("li", &[], it);
    }
    page.raw("</ul>\n</section>\n");
}

pub(super) fn quotes(evidence: &[Evidence], page: &mut Page) {
    for it in evidence {
        page.raw("<figure>\n");
        let place = story::place(it);
        if !place.is_empty() {
            page.element("figcaption", &[], &place);
        }
        page.element("pre", &[], &story::cut(&it.quote, QUOTE)).raw("</figure>\n");
    }
}
