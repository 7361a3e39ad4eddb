//! Bottlerocket's settings. Of their TOML only the cluster's name is looked for.

/// The settings, with the cluster's name where there is one.
pub(super) struct Settings {
    pub(super) cluster: Option<String>,
}

/// `None` where the text is something else.
pub(super) fn read(text: &str) -> Option<Settings> {
    let mut table = "";
    let (mut settings, mut cluster) = (false, None);
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.split(']').next()) {
            table = name.trim();
            settings |= table == "settings" || table.starts_with("settings.");
            continue;
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let key = key.trim();
        settings |= table.is_empty() && key.starts_with("settings.");
        let path = if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") };
        if path.replace('"', "") == "settings.kubernetes.cluster-name" {
            cluster = string(value.trim()).or(cluster);
        }
    }
    settings.then_some(Settings { cluster })
}

fn string(value: &str) -> Option<String> {
    let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let inner = value[1..].split(quote).next()?;
    (!inner.is_empty()).then(|| inner.to_owned())
}
