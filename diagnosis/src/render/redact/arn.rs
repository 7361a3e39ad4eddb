//! ARNs keep their shape: partition, service and region, and the words that say what they name.

use super::{Redactor, mask, token};

/// What ends an ARN in a text.
const ENDS: &[char] =
    &[' ', '\t', '\n', '\r', '"', '\'', '`', ',', ')', ']', '}', '>', ';', '\\', '|', '(', '…'];

impl Redactor {
    pub(super) fn arn(&mut self, rest: &str) -> Option<(usize, String)> {
        if !rest.starts_with("arn:") {
            return None;
        }
        let text = &rest[..rest.find(ENDS).unwrap_or(rest.len())];
        let text = text.trim_end_matches(['.', ':']);
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [_, partition, service, region, account, resource] = parts[..] else {
            return None;
        };
        let resource = match account {
            // AWS's own policies.
            "aws" => resource.to_owned(),
            _ => self.resource(service, resource),
        };
        // One colon too few puts the account elsewhere.
        let [region, account] = [region, account].map(|it| self.text(it));
        Some((text.len(), format!("arn:{partition}:{service}:{region}:{account}:{resource}")))
    }

    fn resource(&mut self, service: &str, resource: &str) -> String {
        let untyped = match service {
            "s3" => Some("bucket"),
            "sqs" => Some("queue"),
            "sns" => Some("topic"),
            _ => None,
        };
        if let Some(label) = untyped {
            return self.segments(resource, &[label], "object");
        }
        let Some(end) = resource.find(['/', ':']) else {
            return self.segments(resource, &["name"], "name");
        };
        let (kind, tail) = (&resource[..end], &resource[end + 1..]);
        if kind.is_empty() || kind.contains(|char: char| char.is_ascii_digit()) {
            // One colon too many: what stands here is the account.
            let (kind, tail) = (self.text(kind), self.resource(service, tail));
            return format!("{kind}{}{tail}", &resource[end..=end]);
        }
        let tail = match kind {
            "oidc-provider" => self.provider(tail),
            "repository" => {
                self.name("repository", mask::path(tail));
                self.put(tail)
            }
            "assumed-role" => self.segments(tail, &["role"], "session"),
            "nodegroup" => self.segments(tail, &["cluster", "nodegroup"], "name"),
            "podidentityassociation" => self.segments(tail, &["cluster"], "association"),
            "access-entry" => self.segments(tail, &["cluster", "", "", "role"], "name"),
            "addon" | "identityproviderconfig" | "fargateprofile" => {
                self.segments(tail, &["cluster"], "name")
            }
            _ => self.last(tail, label(kind)),
        };
        format!("{kind}{}{tail}", &resource[end..=end])
    }

    fn provider(&mut self, tail: &str) -> String {
        // As in a URL: a host, whatever its domain.
        let url = self.text(&format!("https://{tail}"));
        url.trim_start_matches("https://").to_owned()
    }

    /// A path, and the name at its end.
    fn last(&mut self, tail: &str, label: &'static str) -> String {
        let before = tail.matches(['/', ':']).count();
        let mut labels = vec!["path"; before];
        labels.push(label);
        self.segments(tail, &labels, label)
    }

    /// Each part by its label; those after the labels by the last one. An empty label is kept.
    fn segments(&mut self, text: &str, labels: &[&'static str], more: &'static str) -> String {
        let mut out = String::new();
        for (index, part) in text.split_inclusive(['/', ':']).enumerate() {
            let name = part.trim_end_matches(['/', ':']);
            let label = labels.get(index).copied().unwrap_or(more);
            out += &self.segment(name, label);
            out += &part[name.len()..];
        }
        out
    }

    fn segment(&mut self, name: &str, label: &'static str) -> String {
        let own = name.trim_matches(['*', '?']);
        let host = name.ends_with(".amazonaws.com");
        if label.is_empty()
            || own.is_empty()
            || name.contains(['<', '$'])
            || host
            || mask::shared(own)
        {
            return self.text(name);
        }
        let whole = |(length, _): (usize, _)| length == own.len();
        let account = own.len() == 12 && own.chars().all(|it| it.is_ascii_digit());
        if account || token::id(own).is_some_and(whole) || token::node(own).is_some() {
            return self.text(name);
        }
        // A path and an object can be any word, which would be replaced all over the report.
        if mask::long(own) || !matches!(label, "path" | "object" | "session" | "name" | "key") {
            self.name(label, own);
        }
        let put = self.placeholder(label, own);
        name.replacen(own, &put, 1)
    }
}

fn label(kind: &str) -> &'static str {
    match kind {
        "role" => "role",
        "user" | "federated-user" => "user",
        "group" => "group",
        "policy" => "policy",
        "instance-profile" => "profile",
        "cluster" => "cluster",
        "secret" => "secret",
        "table" => "table",
        "function" => "function",
        "key" => "key",
        "log-group" => "log-group",
        _ => "name",
    }
}
