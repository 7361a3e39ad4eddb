//! A line is judged as it was meant, and quoted as it was written.

use crate::{
    facts::Line,
    report::{Evidence, Report},
};

pub(super) fn quote(report: &mut Report, lines: &[Line]) {
    if lines.iter().all(|it| it.verbatim.is_empty()) {
        return;
    }
    let views = report.chains.iter_mut().flat_map(|it| &mut it.links);
    let all = report.evidence.iter_mut().chain(views.flat_map(|it| &mut it.evidence));
    let also = report.also.iter_mut().flat_map(|it| &mut it.evidence);
    let risks = report.risks.iter_mut().flat_map(|it| &mut it.evidence);
    let aside = report.set_aside.iter_mut().map(|it| &mut it.evidence);
    for evidence in all.chain(also).chain(risks).chain(aside) {
        if let Some(written) = lines.iter().find_map(|it| written(it, evidence)) {
            evidence.quote = written;
        }
    }
}

fn written(line: &Line, evidence: &Evidence) -> Option<String> {
    let offset = evidence.line?.checked_sub(line.line)?;
    if line.verbatim.is_empty() || line.place != evidence.source {
        return None;
    }
    let offset = usize::try_from(offset).ok()?;
    let (meant, written) = (line.text.lines().nth(offset)?, line.verbatim.lines().nth(offset)?);
    (meant.contains(&evidence.quote) && !written.contains(&evidence.quote))
        .then(|| written.trim().to_owned())
}
