//! What the account says of the group that a node is of, by the same look as `cluster`'s.

use diagnosis::document::account::{Answers, GroupId};
use diagnosis::facts::Facts;
use reach::Net;
use tokio::time::Instant;

use crate::args::Why;
use crate::collect::account::gather::{self, Wanted};
use crate::collect::digest;
use crate::output;

/// `None`, and told, where the account could not be asked: the rest stands without it.
pub(super) async fn ask(
    args: &Why,
    net: &Net,
    group: Option<&str>,
    deadline: Instant,
) -> Option<Answers> {
    let (cluster, region) = super::super::eks::named(args);
    let Some(cluster) = cluster else {
        output::talk(
            "the account was not asked: the kubeconfig does not tell the cluster's name; --cluster NAME does",
        );
        return None;
    };
    let wanted = Wanted {
        cluster,
        region,
        profile: None,
        group: group.map(str::to_owned),
        kubeconfig: args.kubeconfig.clone(),
    };
    let tell = |text: &str| output::talk(text);
    let answered = match gather::gather(net, &wanted, deadline, &tell).await {
        Ok(answered) => answered,
        Err(why) => {
            output::talk(&format!("the account was not asked: {why}"));
            return None;
        }
    };
    let mut answers = Answers::new(digest);
    for it in answered {
        match it.text {
            Ok(text) => drop(answers.take(&it.command, &text)),
            Err(why) => answers.missed(it.action, &it.command, &why),
        }
    }
    Some(answers)
}

/// The node's facts with those of its group, which its instance tells, else its labels.
pub(super) fn joined(answers: &Answers, group: Option<&str>, facts: Facts) -> Facts {
    let known = answers.group_of(&facts);
    let labelled = || {
        let own = |it: &GroupId| Some(it.name.as_str()) == group;
        Some((String::new(), answers.groups().into_iter().find(own)?))
    };
    let elsewhere = || answers.elsewhere(&facts).map(|id| (String::new(), id));
    let Some((seen_on, id)) = known.or_else(labelled).or_else(elsewhere) else {
        let all: Vec<_> = answers.groups().iter().map(ToString::to_string).collect();
        let all = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
        output::talk(&format!(
            "the account does not tell of which group this node is; it has {all}"
        ));
        return facts;
    };
    Facts { seen_on, ..facts.merge(answers.facts(&id)) }
}
