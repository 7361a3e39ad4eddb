//! `eks-triage check`: on demand, or once at boot.

use std::path::PathBuf;
use std::time::Duration;

use super::{Form, Look, duration};

#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) form: Form,
    #[command(flatten)]
    pub(crate) boot: Boot,
}

/// What a look at boot does differently.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "At boot")]
pub(crate) struct Boot {
    /// Wait so long for a metadata service that does not answer yet, before looking
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) wait: Option<Duration>,
    /// Print the verdict as a block of at most 4 KiB, to stdout and to the console: `diagnose` reads
    /// it from what `aws ec2 get-console-output` says
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "/dev/console",
        conflicts_with_all = ["redact", "output"]
    )]
    pub(crate) console: Option<PathBuf>,
    /// Exit with 3 only where the metadata service's documents prove that this node has no role,
    /// and with 0 otherwise, whatever else is broken, within 10 s
    #[arg(long)]
    pub(crate) gate: bool,
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Args, Command};

    fn boot(arguments: &[&str]) -> Option<Boot> {
        let all = ["eks-triage", "check"].iter().chain(arguments);
        match Args::try_parse_from(all).ok()?.command {
            Command::Check(check) => Some(check.boot),
            _ => None,
        }
    }

    #[test]
    fn the_console_is_the_machine_s_unless_another_file_is_named() {
        let console = |arguments: &[&str]| boot(arguments).map(|it| it.console);
        assert_eq!(console(&[]), Some(None));
        assert_eq!(console(&["--console"]), Some(Some("/dev/console".into())));
        assert_eq!(console(&["--console=/tmp/x", "--gate"]), Some(Some("/tmp/x".into())));
        // What is decoded from the block would tell what was hidden in it.
        for form in ["--redact", "-ojson"] {
            assert_eq!(console(&["--console", form]), None, "{form}");
        }
    }
}
