//! One page: the groups as a checklist, each of which leads to its report.

use std::io::{Result, Write};

use crate::{
    facts::Collector,
    render::html::{Page, badge, begin, body, commands, doubt, end, header, quotes, read, state},
    report::{Groups, Outcome},
};

pub fn html(groups: &Groups, out: &mut impl Write) -> Result<()> {
    let mut page = Page::begin();
    let (subject, head) = (super::subject(groups), super::head(groups));
    begin(&format!("{subject}: {head}"), &mut page);
    badge(groups.outcome, &subject, page.raw("<header>\n"));
    page.told("h1", &[], &head).raw("</header>\n<section>\n<h2>Groups of nodes</h2>\n");
    let told = super::told(groups);
    page.raw("<ul class=\"links\">\n");
    for (index, row) in super::rows(groups).into_iter().enumerate() {
        state(page.raw("<li>"), row.state);
        page.raw("<span class=\"title\">");
        match told.iter().position(|it| it.of.contains(&index)) {
            Some(at) => page.named_link(&id(at), &row.group),
            None => page.text(&row.group),
        };
        page.raw("</span>\n").raw("<span class=\"detail\">");
        page.text(&row.nodes).raw(" nodes: ").text(&row.verdict).raw("</span></li>\n");
    }
    page.raw("</ul>\n</section>\n");
    for (index, super::Told { report, .. }) in told.iter().enumerate() {
        page.open("section", &id(index));
        page.within(&id(index));
        if report.outcome == Outcome::Decided {
            body(report, &mut page);
        } else {
            header(report, &mut page);
            doubt(report, &mut page);
        }
        page.within("");
        page.raw("</section>\n");
    }
    let risks = super::risks(groups);
    page.raw(if risks.is_empty() { "" } else { "<section>\n<h2>Works, but is too wide</h2>\n" });
    for (risk, names) in &risks {
        page.told("p", &[], &format!("{names}: {}", risk.title));
        quotes(&risk.evidence, &mut page);
    }
    page.raw(if risks.is_empty() { "" } else { "</section>\n" });
    read(&groups.inputs, &mut page);
    commands(&groups.more, groups.grant.as_ref(), &mut page);
    let by = groups.groups.first().map_or_else(Collector::default, |it| it.source.clone());
    end(&by, page, out)
}

fn id(told: usize) -> String {
    format!("group-{}", told + 1)
}
