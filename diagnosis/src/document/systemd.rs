//! What systemd says of units, and the variables that it gives them.
//!
//! Source: systemd.exec(5) for `Environment=` and `EnvironmentFile=`, systemd-system.conf(5) for
//! `DefaultEnvironment=`, systemctl(1) for `show`.

use crate::facts::Unit;

/// `systemctl show` of several units: a paragraph for each, a property on each line.
pub fn units(shown: &str) -> Vec<Unit> {
    shown.split("\n\n").filter_map(unit).collect()
}

fn unit(paragraph: &str) -> Option<Unit> {
    let value = |name: &str| {
        let line = paragraph.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_default().trim().to_owned()
    };
    let name = value("Id");
    let number = |name: &str| value(name).parse().ok();
    (!name.is_empty()).then(|| Unit {
        name: name.trim_end_matches(".service").to_owned(),
        load: value("LoadState"),
        active: value("ActiveState"),
        sub: value("SubState"),
        result: value("Result"),
        exit_status: value("ExecMainStatus").parse().ok(),
        restarts: number("NRestarts").unwrap_or_default(),
    })
}

/// What a unit file, a drop-in or a `system.conf` sets.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// In their order; each may hold a secret.
    pub variables: Vec<(String, String)>,
    /// Files with more variables; those that may be absent are among them.
    pub files: Vec<String>,
    /// Arguments of the program, as they are written.
    pub arguments: Vec<String>,
}

pub fn settings(text: &str) -> Settings {
    let mut settings = Settings::default();
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    for line in joined.lines().map(str::trim).filter(|it| !it.starts_with(['#', ';'])) {
        let Some((name, value)) = line.split_once('=') else { continue };
        match name.trim() {
            "Environment" | "DefaultEnvironment" => {
                settings.variables.extend(words(value).iter().filter_map(|it| variable(it)));
            }
            "EnvironmentFile" => {
                settings.files.push(value.trim().trim_start_matches('-').to_owned());
            }
            "ExecStart" => settings.arguments = words(value).into_iter().skip(1).collect(),
            _ => {}
        }
    }
    settings
}

/// A file of variables: `NAME=value` on each line.
pub fn variables(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().map(str::trim).filter(|it| !it.starts_with(['#', ';']));
    lines
        .filter_map(|line| {
            let (name, value) = variable(line.strip_prefix("export ").unwrap_or(line))?;
            let inner = ['"', '\''].iter().find_map(|quote| {
                value.strip_prefix(*quote)?.strip_suffix(*quote).map(str::to_owned)
            });
            Some((name, inner.unwrap_or(value)))
        })
        .collect()
}

fn variable(word: &str) -> Option<(String, String)> {
    let (name, value) = word.split_once('=')?;
    let plain = |it: u8| it.is_ascii_alphanumeric() || it == b'_';
    let good = !name.is_empty() && name.bytes().all(plain);
    good.then(|| (name.to_owned(), value.to_owned()))
}

/// Split at white space outside quotes; `%%` is one percent sign.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars().peekable();
    while let Some(it) = letters.next() {
        match (quote, it) {
            (Some(open), it) if it == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(it);
                word.get_or_insert_default();
            }
            (None, it) if it.is_whitespace() => words.extend(word.take()),
            (_, '\\') => word.get_or_insert_default().extend(letters.next()),
            (_, '%') => {
                letters.next_if_eq(&'%');
                word.get_or_insert_default().push('%');
            }
            (_, it) => word.get_or_insert_default().push(it),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn units_are_read_from_their_properties() {
        let shown = "Id=kubelet.service\nLoadState=loaded\nActiveState=activating\nSubState=auto-restart\nResult=exit-code\nNRestarts=7\nExecMainStatus=1\n\nId=nodeadm-run.service\nLoadState=not-found\nActiveState=inactive\nSubState=dead\n";
        let units = units(shown);
        assert_eq!(units.len(), 2);
        assert_eq!((units[0].name.as_str(), units[0].restarts), ("kubelet", 7));
        assert_eq!((units[0].exit_status, units[0].result.as_str()), (Some(1), "exit-code"));
        assert_eq!((units[1].load.as_str(), units[1].exit_status), ("not-found", None));
        assert!(super::units("Failed to connect to bus: No such file\n").is_empty());
    }

    #[test]
    fn variables_and_arguments_are_read_as_systemd_reads_them() {
        let text = "[Service]\n# Environment=\"NO=1\"\nEnvironment=\"HTTP_PROXY=http://u:p%%40@proxy:3128\" A=b\nEnvironment='KUBELET_ARGS=--node-ip=10.0.1.10 --max-pods=29'\nEnvironmentFile=-/etc/eks/kubelet/environment\nExecStart=\nExecStart=/usr/bin/kubelet \\\n  --config /etc/kubernetes/kubelet/config.json \\\n  $NODEADM_KUBELET_ARGS\n";
        let settings = settings(text);
        assert_eq!(settings.variables[0], pair("HTTP_PROXY", "http://u:p%40@proxy:3128"));
        assert_eq!(settings.variables[1], pair("A", "b"));
        let arguments = pair("KUBELET_ARGS", "--node-ip=10.0.1.10 --max-pods=29");
        assert_eq!(settings.variables[2], arguments);
        assert_eq!(settings.files, ["/etc/eks/kubelet/environment"]);
        let config = ["--config", "/etc/kubernetes/kubelet/config.json", "$NODEADM_KUBELET_ARGS"];
        assert_eq!(settings.arguments, config);
        let file = variables("# x\nNO_PROXY=\"a,b\"\nexport B='c d'\nnot a variable\n=x\n");
        assert_eq!(file, [pair("NO_PROXY", "a,b"), pair("B", "c d")]);
    }

    #[test]
    fn nothing_hostile_is_more_than_words() {
        for text in ["\"", "'", "\\", "%", "Environment=", "Environment=\"A=", "ExecStart=\"\\"] {
            let _ = (settings(text), variables(text), words(text), units(text));
        }
    }
}
