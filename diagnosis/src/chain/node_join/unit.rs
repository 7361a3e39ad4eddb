//! What keeps a unit of systemd from running, as `systemctl show` tells it.

use std::fmt::Write as _;

use crate::facts::Unit;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    NotInstalled,
    Masked,
    /// systemd gave up, because it failed too often.
    StartLimit,
    /// It ended with an error; systemd may be about to start it again.
    Failed,
    /// Nobody started it, or somebody stopped it.
    Stopped,
}

/// `None` for a unit that runs, or that is on its way.
pub(super) fn trouble(unit: &Unit) -> Option<Trouble> {
    match (unit.load.as_str(), unit.active.as_str(), unit.sub.as_str()) {
        ("not-found", ..) => Some(Trouble::NotInstalled),
        ("masked", ..) => Some(Trouble::Masked),
        (_, "failed", _) if unit.result == "start-limit-hit" => Some(Trouble::StartLimit),
        (_, "failed", _) | (_, "activating", "auto-restart") => Some(Trouble::Failed),
        (_, "inactive", _) => Some(Trouble::Stopped),
        _ => None,
    }
}

/// For a checklist: `failed (exit-code), status 1, 5 restarts`.
pub(super) fn brief(unit: &Unit) -> String {
    let mut text = match unit.load.as_str() {
        "loaded" | "" => unit.active.clone(),
        load => load.to_owned(),
    };
    if !matches!(unit.result.as_str(), "" | "success") {
        text.extend([" (", &unit.result, ")"]);
    }
    if let Some(status) = unit.exit_status.filter(|it| *it != 0) {
        // A String takes every write.
        let _ = write!(text, ", status {status}");
    }
    if unit.restarts > 0 {
        let _ = write!(text, ", {} restarts", unit.restarts);
    }
    text
}

/// The line of its properties that says it.
pub(super) fn decides(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::NotInstalled | Trouble::Masked => "LoadState=",
        Trouble::StartLimit | Trouble::Failed => "Result=",
        Trouble::Stopped => "ActiveState=",
    }
}
