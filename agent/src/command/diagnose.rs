//! `eks-triage diagnose`: one report from what somebody pasted. Opens only what it was given.

use diagnosis::report::{Exit, Recognised, Shared};

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
    let (facts, inputs) = match assemble::facts(given, args.subject.as_ref()) {
        Ok(assembled) => assembled,
        Err(why) => {
            output::talk(&why);
            return Exit::Usage;
        }
    };
    let report = diagnosis::judge(&facts);
    if args.form.output == Output::Text {
        tell(&inputs);
    }
    let mut groups = Groups::new(args.form);
    groups.share(Shared { inputs, ..Shared::default() });
    groups.add(report, &facts);
    groups.end()
}

/// What each input was taken for; the other forms have it in the report itself.
fn tell(inputs: &[Recognised]) {
    for it in inputs {
        output::talk(&format!("{}: {}", it.source, it.recognised_as));
    }
}
