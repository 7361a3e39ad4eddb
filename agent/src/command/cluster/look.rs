//! Collects, keeps what was collected where that is asked for, and judges group by group.

use std::hash::{BuildHasher, RandomState};

use diagnosis::document::account::Answers;
use diagnosis::facts::{Collector, Facts};
use diagnosis::render::Redaction;
use diagnosis::report::Exit;
use reach::Net;
use tokio::time::Instant;

use super::{reports, save};
use crate::args::Cluster;
use crate::collect::account::gather::{self, Answered, Wanted};
use crate::collect::digest;
use crate::output::{self, Groups};

/// For judging, and for writing what was collected.
const REST: std::time::Duration = std::time::Duration::from_millis(500);

pub(super) async fn run(args: &Cluster, net: &Net) -> Result<Exit, String> {
    if let Some(folder) = &args.save {
        save::check(folder)?;
    }
    let views = args.reports.as_deref().map(reports::read).transpose()?.unwrap_or_default();
    let deadline = Instant::now() + args.timeout - REST.min(args.timeout / 2);
    let tell = |text: &str| output::talk(text);
    let answered = gather::gather(net, &wanted(args), deadline, &tell).await?;
    let taken_at = reach::now();
    unread(&answered, &tell);
    let mut answers = Answers::new(digest);
    for it in &answered {
        match &it.text {
            Ok(text) => drop(answers.take(&it.command, text)),
            Err(why) => answers.missed(it.action, &it.command, why),
        }
    }
    let mut hidden = args.form.redact.map(|it| Redaction::of_documents(it.into(), seed()));
    let views = reports::known(&answers, views);
    let verdicts = judge(args, &answers, &views, &taken_at, hidden.as_mut());
    // Also what leads to no verdict may be of use to somebody else.
    if let Some(folder) = &args.save {
        let written = save::write(folder, &answered, &taken_at, hidden.as_mut())?;
        let folder = folder.display();
        tell(&format!(
            "{written} documents are in {folder}; `eks-triage diagnose {folder}` reads them"
        ));
    }
    Ok(verdicts?.end())
}

/// Of chance, and kept by nobody.
fn seed() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

fn judge(
    args: &Cluster,
    answers: &Answers,
    views: &[Facts],
    taken_at: &str,
    mut hidden: Option<&mut Redaction>,
) -> Result<Groups, String> {
    let all = answers.groups();
    let wanted = |name: &str| args.group.as_deref().is_none_or(|it| it == name);
    let mut groups = Groups::new(args.form);
    let lacking = answers.lacking();
    let mut none = true;
    for id in all.iter().filter(|it| wanted(&it.name)) {
        let facts = Facts {
            taken_at: taken_at.to_owned(),
            collector: Collector {
                command: "cluster".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            ..answers.joined(id, answers.facts(id), views)
        };
        let mut report = diagnosis::judge(&facts);
        lacking.tell(&mut report);
        if let Some(it) = hidden.as_deref_mut() {
            it.learn(&report, &facts);
        }
        groups.add(report, &facts);
        none = false;
    }
    if none {
        let named: Vec<_> = all.iter().map(|it| &*it.name).collect();
        let group = args.group.as_deref().unwrap_or_default();
        return Err(match &named[..] {
            [] => "no group of nodes is known of this cluster".to_owned(),
            all => format!("the cluster has no group {group}; it has {}", all.join(", ")),
        });
    }
    groups.share(lacking.shared(Vec::new(), args.form.redact.is_none()));
    Ok(groups)
}

/// A name, or an ARN that tells the region as well.
fn wanted(args: &Cluster) -> Wanted {
    let (of_arn, name) = match args.name.splitn(6, ':').collect::<Vec<_>>()[..] {
        ["arn", _, "eks", region, _, name] => {
            (Some(region.to_owned()), name.strip_prefix("cluster/").unwrap_or(name))
        }
        _ => (None, &*args.name),
    };
    let given = |it: &Option<String>| it.clone().filter(|it| !it.is_empty());
    Wanted {
        cluster: name.to_owned(),
        region: of_arn.or_else(|| given(&args.region)),
        profile: given(&args.profile),
        group: given(&args.group),
        kubeconfig: args.kubeconfig.clone(),
    }
}

/// What is missing for want of a right, once each.
fn unread(answered: &[Answered], tell: &dyn Fn(&str)) {
    let failed = answered.iter().filter_map(|it| Some((it.action, it.text.as_ref().err()?)));
    let lacking = failed.clone().filter(|(_, why)| why.contains("these credentials lack"));
    let mut lacking: Vec<_> = lacking.map(|(action, _)| action).collect();
    lacking.sort_unstable();
    lacking.dedup();
    if !lacking.is_empty() {
        let all = lacking.join(", ");
        tell(&format!("not read, because these credentials lack {all}"));
    }
    let late = failed.filter(|(_, why)| why.ends_with("did not end in time")).count();
    if late > 0 {
        tell(&format!("{late} calls did not end in time; --timeout gives them longer"));
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Args, Command};

    fn of(arguments: &[&str]) -> Wanted {
        let all = ["eks-triage", "cluster"].iter().chain(arguments);
        let Command::Cluster(args) = Args::try_parse_from(all).unwrap().command else {
            panic!("another command");
        };
        wanted(&args)
    }

    #[test]
    fn an_arn_tells_name_and_region() {
        let arn = "arn:aws-cn:eks:cn-north-1:111122223333:cluster/web";
        let it = of(&[arn, "--region", "us-west-2"]);
        assert_eq!((&*it.cluster, it.region.as_deref()), ("web", Some("cn-north-1")));
        let it = of(&["prod", "--region", "us-west-2", "--profile", ""]);
        assert_eq!((&*it.cluster, it.region.as_deref()), ("prod", Some("us-west-2")));
        assert_eq!(it.profile, None);
    }
}
