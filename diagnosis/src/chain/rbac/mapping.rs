//! Whether an access entry, or aws-auth, names the caller, from what was listed of both.

use super::{
    CHAIN,
    iam_mapping::{self as own, NOT_MAPPED, PATH_IN_ARN},
};
use crate::{
    chain::{Look, Verdict, Way},
    facts::{
        Facts, Observed, Source,
        inputs::{ACCESS_ENTRIES, WHOAMI},
    },
    pattern,
};

/// A role or user as the authenticator compares it: by account and name.
#[derive(PartialEq, Eq)]
struct Principal<'a> {
    account: &'a str,
    name: &'a str,
}

pub(super) fn look(facts: &Facts, arn: &str, caller: &Source) -> Look {
    let (entries, listed) = facts.account.access_entries.need(&ACCESS_ENTRIES)?;
    let Some(principal) = Principal::of(arn) else {
        return Err(WHOAMI.missing(format!("{arn} is neither role nor user")));
    };
    let is = |it: &&String| Principal::of(it).as_ref() == Some(&principal);
    if let Some(entry) = entries.iter().find(is) {
        return Ok(Verdict::intact(format!("an access entry names {entry}"), listed));
    }
    let Observed::Seen { value: mapped, source } = &facts.cluster.aws_auth else {
        let why = format!("no access entry names {arn}; aws-auth was not seen");
        return Err(ACCESS_ENTRIES.missing(why));
    };
    let found = mapped.iter().find(is);
    // The authenticator leaves the path out of the caller's ARN, and not out of its own list.
    let fault = match found {
        Some(it) if it.matches('/').count() > 1 => &PATH_IN_ARN,
        Some(it) => return Ok(Verdict::intact(format!("aws-auth maps {it}"), source)),
        None => &NOT_MAPPED,
    };
    if !refused(facts) {
        return Err(WHOAMI.missing(format!("nothing maps {arn}; no line says that it was refused")));
    }
    let evidence = match found {
        Some(it) => source.quote(it),
        None => caller.quote(arn),
    };
    let broken = Verdict::broken(fault, arn, evidence);
    Ok(broken.with("principal", found.cloned().unwrap_or_else(|| principal.arn(arn))))
}

impl<'a> Principal<'a> {
    fn of(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':').skip(4);
        let (account, what) = (parts.next()?, parts.next()?);
        let (kind, path) = what.split_once('/')?;
        let name = match kind {
            "assumed-role" => path.split('/').next()?,
            "role" | "user" => path.rsplit('/').next()?,
            _ => return None,
        };
        Some(Self { account, name })
    }

    /// As IAM writes it; the path of a role, a session does not tell.
    fn arn(&self, called: &str) -> String {
        let partition = called.split(':').nth(1).unwrap_or("aws");
        if called.contains(":user/") {
            return called.to_owned();
        }
        format!("arn:{partition}:iam::{}:role/{}", self.account, self.name)
    }
}

fn refused(facts: &Facts) -> bool {
    let of_ours = |Way(link, _): &Way| std::ptr::eq(*link, &raw const own::LINK);
    let signs = || CHAIN.links.iter().flat_map(|it| it.signs);
    let says = |text: &str| {
        signs().any(|it| it.could_be.iter().any(of_ours) && pattern::read(it.text, text).is_some())
    };
    facts.lines.iter().any(|it| says(&it.text))
}
