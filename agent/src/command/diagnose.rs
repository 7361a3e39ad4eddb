//! `eks-triage diagnose`: one report from what somebody pasted. Opens only what it was given.

use diagnosis::report::{Exit, Need, Outcome, Recognised, Report};

use crate::args::{Diagnose, Output};
use crate::output::{self, Groups};

mod assemble;
mod given;
mod groups;
mod lines;
mod read;
mod roles;
mod select;

use given::Given;

pub(crate) fn run(args: &Diagnose) -> Exit {
    let given = match read::all(args) {
        Ok(given) => given,
        Err(mistakes) => {
            for mistake in mistakes {
                output::talk(&mistake);
            }
            return Exit::Usage;
        }
    };
    if let Some(chosen) = groups::chosen(&given, args.subject.as_ref()) {
        return match chosen {
            Ok(chosen) => groups::tell(given, &chosen, args.form),
            Err(why) => {
                output::talk(&why);
                Exit::Usage
            }
        };
    }
    let unread = given.unread.clone();
    let (facts, inputs) = match assemble::facts(given, args.subject.as_ref()) {
        Ok(assembled) => assembled,
        Err(why) => {
            output::talk(&why);
            return Exit::Usage;
        }
    };
    let mut report = diagnosis::judge(&facts);
    if args.form.output == Output::Text {
        tell(&inputs);
    }
    report.inputs = inputs;
    doubt(&mut report, unread);
    let mut groups = Groups::new(args.form);
    groups.add(report, &facts);
    groups.end()
}

/// Of what was not read nobody knows that it holds.
fn doubt(report: &mut Report, unread: Vec<String>) {
    if report.outcome == Outcome::Healthy && !unread.is_empty() {
        report.outcome = Outcome::Undecided;
        "what was read holds, but not everything could be read".clone_into(&mut report.title);
        let need = |how| Need { input: "unread-input", how };
        report.needs.extend(unread.into_iter().map(need));
    }
}

/// What each input was taken for; the other forms have it in the report itself.
fn tell(inputs: &[Recognised]) {
    for it in inputs {
        output::talk(&format!("{}: {}", it.source, it.recognised_as));
    }
}
