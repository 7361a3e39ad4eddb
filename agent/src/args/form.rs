//! In which form a verdict is told.

use clap::ValueEnum;
use diagnosis::render::Scope;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    #[default]
    Text,
    Json,
    /// For a chat or a ticket
    Markdown,
    /// One page to attach to a ticket, which loads nothing
    Html,
}

/// Forms of what others wrote, the agent or a probe: it is passed on as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Relayed {
    #[default]
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Redact {
    /// Account ids, names in ARNs, ids of resources, hosts and addresses
    Account,
    /// Also names of namespaces, pods and ServiceAccounts
    All,
}

impl From<Redact> for Scope {
    fn from(what: Redact) -> Self {
        match what {
            Redact::Account => Self::Account,
            Redact::All => Self::All,
        }
    }
}

/// How a verdict is told.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(crate) struct Form {
    /// Form of the verdict
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) output: Output,
    /// Replace what tells whose it is, the same value by the same placeholder everywhere; alone, it
    /// means `account`
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "account"
    )]
    pub(crate) redact: Option<Redact>,
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Args, Command};

    #[test]
    fn redaction_alone_is_of_the_account_and_takes_no_other_word() {
        let check = |arguments: &[&str]| {
            let all = ["eks-triage", "check"].iter().chain(arguments);
            match Args::try_parse_from(all).map(|it| it.command) {
                Ok(Command::Check(check)) => Ok(check.form),
                _ => Err(()),
            }
        };
        let of = |arguments: &[&str]| check(arguments).map(|it| it.redact);
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&["--redact"]), Ok(Some(Redact::Account)));
        assert_eq!(of(&["--redact=all", "-o", "html"]), Ok(Some(Redact::All)));
        assert_eq!(of(&["--redact", "all"]), Err(()), "a word behind it is no value of it");
    }

    #[test]
    fn what_others_wrote_has_no_other_form() {
        for form in ["markdown", "html"] {
            assert!(Args::try_parse_from(["eks-triage", "check", "-o", form]).is_ok());
            let told = Args::try_parse_from(["eks-triage", "summary", "-o", form]).unwrap_err();
            assert!(told.use_stderr() && told.to_string().contains("text, json"), "{told}");
        }
    }
}
