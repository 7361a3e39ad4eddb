//! `GET /v1/summary`: the node's report and those of its pods, for scripts and for a person.

use std::io::{self, Write};
use std::sync::Arc;

use diagnosis::report::{Outcome, Report};
use serde::Serialize;

use super::pods::PodReport;

/// What is held at one moment.
pub(super) struct Summary {
    /// None before the first look has ended.
    pub(super) node: Option<Arc<Report>>,
    /// By namespace and name.
    pub(super) pods: Vec<Arc<PodReport>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    schema_version: u32,
    node: Option<&'a Report>,
    pods: Vec<PodView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PodView<'a> {
    namespace: &'a str,
    name: &'a str,
    uid: &'a str,
    service_account: &'a str,
    received_at: &'a str,
    report: &'a Report,
}

impl Summary {
    /// Of everything together: one decided fault decides, one doubt is a doubt, and nothing seen is
    /// one, too.
    pub(super) fn outcome(&self) -> Outcome {
        let mut all = self.reports().map(|it| it.outcome).peekable();
        if all.peek().is_none() {
            return Outcome::Undecided;
        }
        all.min_by_key(|it| rank(*it)).unwrap_or(Outcome::Undecided)
    }

    pub(super) fn json(&self, out: &mut impl Write) -> io::Result<()> {
        let pods = self.pods.iter().map(|it| PodView {
            namespace: &it.sender.namespace,
            name: &it.sender.pod,
            uid: &it.sender.uid,
            service_account: &it.sender.service_account,
            received_at: &it.received_at,
            report: &it.report,
        });
        let view = View { schema_version: 1, node: self.node.as_deref(), pods: pods.collect() };
        serde_json::to_writer(&mut *out, &view)?;
        writeln!(out)
    }

    /// One line for each report, what is broken first; then the reports, in the same order.
    pub(super) fn text(&self, out: &mut impl Write) -> io::Result<()> {
        let pods = self.pods.iter().map(|it| (&it.report, Some(&**it)));
        let mut all: Vec<_> = self.node.iter().map(|it| (&**it, None)).chain(pods).collect();
        all.sort_by_key(|(report, _)| rank(report.outcome));
        writeln!(out, "{}", self.head())?;
        let width = all.iter().map(|(it, _)| subject(it).chars().count()).max().unwrap_or(0);
        for (report, _) in &all {
            headline(report, width.min(SUBJECT), out)?;
        }
        if self.node.is_none() {
            writeln!(out, "  ? node: the first look at it has not ended yet")?;
        }
        if self.pods.is_empty() {
            writeln!(
                out,
                "  no pod has reported here within the last hour; to ask one:\n    \
                 kubectl eks-triage probe -n NAMESPACE --serviceaccount NAME"
            )?;
        }
        for (report, pod) in all {
            writeln!(out)?;
            heading(report, pod, out)?;
            diagnosis::render::text(report, out)?;
        }
        Ok(())
    }

    fn reports(&self) -> impl Iterator<Item = &Report> {
        self.node.as_deref().into_iter().chain(self.pods.iter().map(|it| &it.report))
    }

    fn head(&self) -> String {
        let of = |outcome| self.reports().filter(|it| it.outcome == outcome).count();
        let [broken, doubtful] = [Outcome::Decided, Outcome::Undecided].map(of);
        let all = match self.reports().count() {
            1 => "1 report".to_owned(),
            all => format!("{all} reports"),
        };
        match (broken, doubtful) {
            _ if self.reports().next().is_none() => {
                "UNDECIDED   nothing was looked at yet".to_owned()
            }
            (0, 0) => format!("HEALTHY   {all}, nothing is broken"),
            (0, _) => format!("UNDECIDED   {doubtful} of {all}, nothing is known to be broken"),
            (_, 0) => format!("BROKEN   {broken} of {all}"),
            _ => format!("BROKEN   {broken} of {all}, and {doubtful} undecided"),
        }
    }
}

const WIDTH: usize = 100;

/// A longer subject pushes its title to the right; it is never cut, because it is copied.
const SUBJECT: usize = 30;

const fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Decided => 0,
        Outcome::Undecided => 1,
        Outcome::Healthy => 2,
    }
}

fn subject(report: &Report) -> String {
    let it = &report.subject;
    match it.namespace.as_str() {
        "" => format!("{} {}", it.kind, it.name),
        namespace => format!("{} {namespace}/{}", it.kind, it.name),
    }
}

fn headline(report: &Report, width: usize, out: &mut impl Write) -> io::Result<()> {
    let glyph = match report.outcome {
        Outcome::Decided => '✗',
        Outcome::Undecided => '?',
        Outcome::Healthy => '✓',
    };
    let plane = match (report.outcome, report.plane) {
        (Outcome::Healthy, _) | (_, None) => String::new(),
        (_, Some(plane)) => format!("{}   ", plane.word().to_uppercase()),
    };
    let text = format!("  {glyph} {:width$}   {plane}{}", subject(report), report.title);
    writeln!(out, "{}", line(&text))
}

fn heading(report: &Report, pod: Option<&PodReport>, out: &mut impl Write) -> io::Result<()> {
    let account = pod.map(|it| format!(", ServiceAccount {}", it.sender.service_account));
    let text = format!("== {}{} ", subject(report), account.unwrap_or_default());
    writeln!(out, "{}", line(&format!("{text:=<WIDTH$}")))
}

/// One line of at most 100 columns; what was read from the network must not steer a terminal.
fn line(text: &str) -> String {
    let printable = |it: char| if it.is_control() { '\u{fffd}' } else { it };
    let mut line: String = text.chars().map(printable).take(WIDTH).collect();
    if text.chars().count() > WIDTH {
        line.pop();
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use diagnosis::chain::Plane;
    use diagnosis::facts::{Facts, Subject};

    use super::*;
    use crate::serve::pods::tests::report_of;

    fn report(subject: (&str, &str, &str), outcome: Outcome, title: &str) -> Report {
        let (kind, namespace, name) = subject;
        let [kind, namespace, name] = [kind, namespace, name].map(str::to_owned);
        let mut report = diagnosis::judge(&Facts::default());
        report.subject = Subject { kind, namespace, name };
        report.plane = (outcome != Outcome::Healthy).then_some(Plane::Iam);
        report.outcome = outcome;
        title.clone_into(&mut report.title);
        report
    }

    fn pod(name: &str, outcome: Outcome, title: &str) -> Arc<PodReport> {
        let report = report(("pod", "prod", name), outcome, title);
        Arc::new(PodReport { report, ..report_of("prod", name) })
    }

    fn summary() -> Summary {
        let node = report(("node", "", "ip-10-0-3-11"), Outcome::Healthy, "nothing is broken");
        Summary {
            node: Some(Arc::new(node)),
            pods: vec![
                pod("a", Outcome::Healthy, "nothing is broken"),
                pod("b", Outcome::Undecided, "two causes remain"),
                pod("c", Outcome::Decided, "the role does not exist"),
            ],
        }
    }

    fn text(summary: &Summary) -> String {
        let mut out = Vec::new();
        summary.text(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_broken_comes_first_in_lines_and_in_reports() {
        let text = text(&summary());
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "BROKEN   1 of 4 reports, and 1 undecided");
        assert_eq!(lines[1], "  ✗ pod prod/c          IAM   the role does not exist");
        assert_eq!(lines[2], "  ? pod prod/b          IAM   two causes remain");
        assert_eq!(lines[3], "  ✓ node ip-10-0-3-11   nothing is broken");
        assert_eq!(lines[4], "  ✓ pod prod/a          nothing is broken");
        let headings: Vec<_> = lines
            .iter()
            .filter(|it| it.starts_with("== "))
            .map(|it| it.trim_end_matches('='))
            .collect();
        assert_eq!(
            headings,
            [
                "== pod prod/c, ServiceAccount api ",
                "== pod prod/b, ServiceAccount api ",
                "== node ip-10-0-3-11 ",
                "== pod prod/a, ServiceAccount api ",
            ]
        );
        assert!(lines.iter().all(|it| it.chars().count() <= WIDTH));
    }

    #[test]
    fn the_worst_report_is_the_outcome_and_nothing_seen_is_a_doubt() {
        let mut all = summary();
        assert_eq!(all.outcome(), Outcome::Decided);
        all.pods.pop();
        assert_eq!(all.outcome(), Outcome::Undecided);
        all.pods.pop();
        assert_eq!(all.outcome(), Outcome::Healthy);
        let nothing = Summary { node: None, pods: vec![] };
        assert_eq!(nothing.outcome(), Outcome::Undecided);
        assert!(text(&nothing).starts_with("UNDECIDED   nothing was looked at yet\n"));
    }

    #[test]
    fn the_json_has_exactly_the_keys_of_the_contract() {
        let mut out = Vec::new();
        summary().json(&mut out).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let keys =
            |it: &serde_json::Value| it.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&json), ["node", "pods", "schemaVersion"]);
        assert_eq!(json["schemaVersion"], 1);
        assert_eq!(
            keys(&json["pods"][0]),
            ["name", "namespace", "receivedAt", "report", "serviceAccount", "uid"]
        );
        assert_eq!(json["node"]["subject"]["name"], "ip-10-0-3-11");
        let mut out = Vec::new();
        Summary { node: None, pods: vec![] }.json(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "{\"schemaVersion\":1,\"node\":null,\"pods\":[]}\n"
        );
    }

    #[test]
    fn a_title_cannot_steer_the_terminal_nor_break_the_line() {
        let bad = format!("\u{1b}[2J\n{}", "x".repeat(900));
        let summary = Summary { node: None, pods: vec![pod("a", Outcome::Decided, &bad)] };
        let text = text(&summary);
        assert!(!text.contains('\u{1b}'));
        assert!(text.lines().take(3).all(|it| it.chars().count() <= WIDTH), "{text}");
    }
}
