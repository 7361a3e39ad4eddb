//! The units that make a node, as systemd has them.

use diagnosis::document::systemd;
use diagnosis::facts::{Observed, Source, Unit};
use diagnosis::os::Image;
use tokio::time::Instant;

use super::process;
use crate::collect::ask::{Found, Missed, observed};

/// No more of a unit is asked for: its environment may hold a password.
const PROPERTIES: &str =
    "--property=Id,LoadState,ActiveState,SubState,Result,NRestarts,ExecMainStatus";

pub(super) struct Units {
    pub(super) bootstrap: Observed<Vec<Unit>>,
    pub(super) kubelet: Observed<Unit>,
    pub(super) runtime: Observed<Unit>,
}

pub(super) async fn look(images: &'static [&'static Image], deadline: Instant) -> Units {
    let names = names(images);
    let arguments = ["show", PROPERTIES].into_iter().map(str::to_owned);
    let arguments = arguments.chain(names.iter().map(|it| format!("{it}.service")));
    let said = process::run("systemctl", arguments.collect(), deadline).await;
    let shown = said.map(|it| String::from_utf8_lossy(&it).into_owned());
    let missed = |it: &Missed| Missed { why: it.why.clone(), source: it.source.clone() };
    let one = |of: fn(&Image) -> &'static str| match &shown {
        Ok(shown) => observed(one(shown, images, of)),
        Err(it) => observed(Err(missed(it))),
    };
    Units {
        kubelet: one(|it| it.kubelet_unit),
        runtime: one(|it| it.runtime_unit),
        bootstrap: observed(match &shown {
            Ok(shown) => bootstrap(shown, images),
            Err(it) => Err(missed(it)),
        }),
    }
}

fn names(images: &'static [&'static Image]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for image in images {
        for name in image.bootstrap_units.iter().chain([&image.runtime_unit, &image.kubelet_unit]) {
            if !names.contains(name) {
                names.push(*name);
            }
        }
    }
    names
}

/// Of an image that is not known, the one that is there.
fn one(shown: &str, images: &[&Image], of: fn(&Image) -> &'static str) -> Found<Unit> {
    let units = systemd::units(shown);
    let named = |name: &str| units.iter().find(|it| it.name == name);
    let mut all = images.iter().filter_map(|image| named(of(image)));
    let first = all.clone().next();
    let unit = all.find(|it| it.load != "not-found").or(first).cloned();
    let name = images.first().map(|it| of(it)).unwrap_or_default();
    let unit = unit.ok_or_else(|| Missed::new(&place(name), "systemd says nothing of it"))?;
    let source = Source::new(place(&unit.name), reach::now(), paragraph(shown, &unit.name));
    Ok((unit, source))
}

fn bootstrap(shown: &str, images: &[&Image]) -> Found<Vec<Unit>> {
    let mine = |it: &Unit| images.iter().any(|image| image.bootstrap_units.contains(&&*it.name));
    let units: Vec<Unit> = systemd::units(shown).into_iter().filter(mine).collect();
    let names: Vec<_> = units.iter().map(|it| it.name.as_str()).collect();
    let place = place(&names.join(" "));
    if units.is_empty() {
        return Err(Missed::new(&place, "systemd says nothing of them"));
    }
    let text: Vec<_> = names.iter().map(|it| paragraph(shown, it)).collect();
    Ok((units, Source::new(place, reach::now(), text.join("\n"))))
}

fn place(names: &str) -> String {
    format!("systemctl show {names}")
}

fn paragraph<'a>(shown: &'a str, name: &str) -> &'a str {
    let id = format!("Id={name}.service");
    let mut all = shown.split("\n\n");
    all.find(|it| it.lines().any(|line| line == id)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use diagnosis::os;

    use super::*;

    #[test]
    fn of_an_unknown_image_the_unit_that_is_there_counts() {
        let shown = "Id=kubelet.service\nLoadState=not-found\nActiveState=inactive\n\nId=snap.kubelet-eks.daemon.service\nLoadState=loaded\nActiveState=failed\nResult=exit-code\n\nId=cloud-final.service\nLoadState=loaded\nActiveState=active\n";
        let (unit, source) = one(shown, &os::ALL, |it| it.kubelet_unit).ok().unwrap();
        assert_eq!(unit.name, "snap.kubelet-eks.daemon");
        assert_eq!(source.place, "systemctl show snap.kubelet-eks.daemon");
        assert!(source.text.contains("Result=exit-code"), "{}", source.text);
        let (units, _) = bootstrap(shown, &os::ALL).ok().unwrap();
        assert_eq!(units.len(), 1);
        assert!(one("", &os::ALL, |it| it.runtime_unit).is_err());
        let all = names(&os::ALL);
        assert!(all.contains(&"nodeadm-config") && all.contains(&"snap.kubelet-eks.daemon"));
    }
}
