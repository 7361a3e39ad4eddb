//! The command line. Parses only: opens nothing.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use reach::ConnectTo;

/// Less is no time to measure anything, more is longer than anyone waits.
const DEADLINES: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(100)..=Duration::from_mins(10);

/// Says why the AWS access of this pod does not work. Needs no arguments.
///
/// The verdict goes to stdout, in short to the termination message, and what was observed to the
/// eks-triage agent on this node.
#[derive(Debug, Parser)]
#[command(
    name = "eks-triage-probe",
    version,
    after_help = "exit codes: 0 healthy, 1 could not run, 2 usage, 3 decided, 4 undecided"
)]
pub(crate) struct Args {
    /// Everything ends within this time, whatever hangs
    #[arg(
        long,
        env = "EKS_TRIAGE_DEADLINE",
        value_name = "TIME",
        default_value = "5s",
        value_parser = deadline
    )]
    pub(crate) deadline: Duration,

    /// What goes to stdout: the verdict in one of two forms, or what was observed
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) output: Output,

    /// Asked instead of the resolvers in /etc/resolv.conf
    #[arg(long, env = "EKS_TRIAGE_RESOLVER", value_name = "ADDRESS:PORT")]
    pub(crate) resolver: Option<SocketAddr>,

    /// Connects elsewhere than a name resolves to; can be repeated
    #[arg(
        long,
        env = "EKS_TRIAGE_CONNECT_TO",
        value_name = "ADDRESS:PORT=ADDRESS:PORT",
        value_delimiter = ','
    )]
    pub(crate) connect_to: Vec<ConnectTo>,

    /// The token for the agent, whose only audience must be `eks-triage`
    #[arg(
        long,
        env = "EKS_TRIAGE_REPORT_TOKEN",
        value_name = "FILE",
        default_value = "/var/run/secrets/eks-triage/token"
    )]
    pub(crate) report_token: PathBuf,

    /// The container's terminationMessagePath; written only when it is there
    #[arg(
        long,
        env = "EKS_TRIAGE_TERMINATION_MESSAGE",
        value_name = "FILE",
        default_value = "/dev/termination-log"
    )]
    pub(crate) termination_message: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Text,
    Json,
    /// A recording without secrets, as `eks-triage facts` prints it
    Facts,
}

fn deadline(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if DEADLINES.contains(&time) {
        return Ok(time);
    }
    let (least, most) = (DEADLINES.start(), DEADLINES.end());
    let between = [least, most].map(|it| humantime::format_duration(*it).to_string());
    Err(format!("not between {} and {}", between[0], between[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn a_deadline_is_a_time_within_bounds() {
        assert_eq!(deadline("2s 500ms"), Ok(Duration::from_millis(2500)));
        for bad in ["", "5", "0s", "1h", "-1s", "soon"] {
            assert!(deadline(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn several_addresses_can_be_sent_elsewhere_in_one_value() {
        let both = "10.0.3.11:443=127.0.0.1:1,169.254.169.254:80=127.0.0.1:2";
        let args = Args::try_parse_from(["probe", "--connect-to", both]).unwrap();
        assert_eq!(args.connect_to.len(), 2);
    }
}
