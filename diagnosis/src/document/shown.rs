//! Which lines of a pasted Kubernetes object may be quoted: those that decide about identity, by an
//! allow-list. The others are left empty, so that the numbers of the lines stay.

use serde_json::Value;

use super::redact::Clean;

const KEYS: [&str; 19] = [
    "audience",
    "creationTimestamp",
    "expirationSeconds",
    "fsGroup",
    "hostNetwork",
    "kubernetes.io/os",
    "message",
    "mountPath",
    "name",
    "namespace",
    "nodeName",
    "phase",
    "pods",
    "providerID",
    "reason",
    "runAsUser",
    "serviceAccount",
    "serviceAccountName",
    "type",
];

/// Variables whose values may be shown.
const VARIABLES: [&str; 9] = [
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_ROLE_ARN",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "NO_PROXY",
];

/// A line that is longer holds a whole object, of which nothing can be told apart.
const LONGEST: usize = 1000;

/// One object.
pub(super) fn of(text: &str) -> String {
    let mut variable = "";
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        let bare = line.trim_start_matches([' ', '\t', '-', '{', '"']);
        let (key, value) = bare.split_once(':').unwrap_or((bare, ""));
        let key = key.trim_end_matches(['"', ' ']);
        let word = value.trim_matches([' ', '"', ',', '\'', '}']);
        let may = match key {
            _ if line.len() > LONGEST => false,
            "value" => VARIABLES.contains(&variable),
            _ => KEYS.contains(&key) || bare.starts_with("eks.amazonaws.com/"),
        };
        if key == "name" {
            variable = word;
        }
        lines.push(if may { line.trim_end() } else { "" });
    }
    Clean::new(&lines.join("\n")).into_text()
}

/// The items of a List: how many lines before each, and its text. An item begins where its name does
/// for the first time after the one before; where that is not seen, with the List.
pub(super) fn items(text: &str, items: &[Value]) -> Vec<(u32, String)> {
    let whole = of(text);
    let lines: Vec<&str> = whole.lines().collect();
    let raw: Vec<&str> = text.lines().collect();
    let begins: Vec<usize> = starts(&raw);
    if begins.len() != items.len() {
        return items.iter().map(|_| (0, whole.clone())).collect();
    }
    let ends = begins.iter().skip(1).copied().chain([lines.len()]);
    let part = |(begin, end): (&usize, usize)| {
        let text = lines.get(*begin..end.max(*begin)).unwrap_or_default().join("\n");
        (u32::try_from(*begin).unwrap_or(0), text)
    };
    begins.iter().zip(ends).map(part).collect()
}

/// Lines at which an item begins: `- apiVersion` in YAML at one depth, `{` in JSON at one depth.
fn starts(lines: &[&str]) -> Vec<usize> {
    let after =
        lines.iter().position(|it| it.trim_start().trim_start_matches('"').starts_with("items"));
    let Some(after) = after else { return Vec::new() };
    let depth = |it: &str| it.len() - it.trim_start().len();
    let opens = |it: &str| it.trim_start().starts_with("- ") || it.trim() == "{";
    let first = lines.iter().skip(after + 1).find(|it| opens(it));
    let Some(first) = first.map(|it| depth(it)) else { return Vec::new() };
    let all = lines.iter().enumerate().skip(after + 1);
    all.filter(|(_, it)| opens(it) && depth(it) == first).map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_decides_is_shown_and_no_line_moves() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\n  annotations:\n    \
            kubectl.kubernetes.io/last-applied-configuration: |\n      {\"apiVersion\":\"PLANTED\"}\n\
            spec:\n  containers:\n  - env:\n    - name: DB\n      value: PLANTED\n    \
            - name: AWS_ROLE_ARN\n      value: arn:aws:iam::111122223333:role/api\n    \
            - name: AWS_SECRET_ACCESS_KEY\n      value: PLANTED\n  serviceAccountName: api";
        let shown = of(text);
        assert!(!shown.contains("PLANTED"), "{shown}");
        let (shown, all): (Vec<_>, Vec<_>) = (shown.lines().collect(), text.lines().collect());
        assert_eq!(shown.len(), all.len());
        assert_eq!(shown[3], "  name: api");
        assert_eq!(shown[13], all[13]);
        assert_eq!(shown.last(), all.last());
    }

    #[test]
    fn an_object_on_one_line_shows_nothing_of_it() {
        let text = format!("{{\"name\":\"x\",{}}}", "\"value\":\"PLANTED\",".repeat(100));
        assert_eq!(of(&text), "");
    }

    #[test]
    fn items_know_where_they_begin() {
        let yaml = "apiVersion: v1\nitems:\n- kind: A\n  metadata:\n    name: a\n- kind: B\n  \
            metadata:\n    name: b\nkind: List";
        let both = items(yaml, &[Value::Null, Value::Null]);
        assert_eq!((both[0].0, both[1].0), (2, 5));
        assert!(both[1].1.contains("name: b") && !both[1].1.contains("name: a"));
        assert_eq!(items(yaml, &[Value::Null])[0].0, 0);
    }
}
