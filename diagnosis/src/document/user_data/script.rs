//! The call of bootstrap.sh in a script, with the cluster's name that it is given.

/// The call, with its name where that is written out.
pub(super) struct Call {
    pub(super) cluster: Option<String>,
    /// With the cluster's endpoint and CA.
    pub(super) with_endpoint: bool,
}

const BOOTSTRAP: &str = "/etc/eks/bootstrap.sh";

/// The first call that is no comment.
pub(super) fn bootstrap(text: &str) -> Option<Call> {
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    joined.lines().find_map(|line| {
        let (before, after) = line.split_once(BOOTSTRAP)?;
        let called = !before.trim_start().starts_with('#')
            && !before.contains("echo ")
            && (after.is_empty() || after.starts_with([' ', '\t', '\'', '"', ';']));
        let given = |option| after.contains(option);
        let with_endpoint = given("--apiserver-endpoint") && given("--b64-cluster-ca");
        called.then(|| Call { cluster: cluster(after), with_endpoint })
    })
}

/// The one argument that belongs to no option; each option of bootstrap.sh has a value. A name that
/// the shell makes is not known here.
fn cluster(arguments: &str) -> Option<String> {
    let mut words = words(arguments).into_iter();
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            Some(option) if !option.contains('=') => _ = words.next(),
            Some(_) => {}
            None => {
                let plain = |it: u8| it.is_ascii_alphanumeric() || b"-_".contains(&it);
                return (!word.is_empty() && word.bytes().all(plain)).then_some(word);
            }
        }
    }
    None
}

/// As a shell splits them, up to what ends the command.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for it in text.chars() {
        match (quote, it) {
            (Some(open), it) if it == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(it);
                word.get_or_insert_default();
            }
            (None, ' ' | '\t') => words.extend(word.take()),
            (None, ';' | '|' | '&' | '>' | '<' | '#') => break,
            (_, it) => word.get_or_insert_default().push(it),
        }
    }
    words.extend(word);
    words
}
