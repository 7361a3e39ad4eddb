//! What `kubectl describe` and `kubectl get events` print for people, back into the objects that it
//! was printed from, as far as they can be seen in it.

use serde_json::{Map, Value, json};

use super::paste::{About, Document};
use super::redact::Clean;
use super::{raw, scan};
use crate::facts::{Line, Source};

mod table;

pub(super) use table::{events, whoami};

/// All objects of one output; each begins with its name.
pub(super) fn read(place: &str, text: &str) -> Vec<Document> {
    let lines: Vec<String> = text.lines().map(|it| raw::line(it.as_bytes())).collect();
    let begins: Vec<usize> =
        (0..lines.len()).filter(|at| lines[*at].starts_with("Name:")).collect();
    let ends = begins.iter().skip(1).copied().chain([lines.len()]);
    begins
        .iter()
        .zip(ends)
        .flat_map(|(begin, end)| one(place, *begin, &lines[*begin..end]))
        .collect()
}

fn one(place: &str, before: usize, lines: &[String]) -> Vec<Document> {
    let tree = Tree(lines);
    let has = |key: &str| tree.section(key).is_some();
    let metadata = json!({"name": tree.value("Name"), "namespace": tree.value("Namespace"),
        "labels": pairs(&tree.values("Labels"), '='),
        "annotations": pairs(&tree.values("Annotations"), ':')});
    let (kind, spec) = if has("Containers") {
        ("Pod", pod(&tree))
    } else if has("Capacity") && has("Conditions") {
        ("Node", json!({"providerID": tree.value("ProviderID")}))
    } else if has("Image pull secrets") || has("Mountable secrets") {
        ("ServiceAccount", Value::Null)
    } else {
        ("", Value::Null)
    };
    let name = tree.value("Name");
    let events = lines.iter().enumerate().filter(|(_, it)| scan::matters(it.as_bytes()));
    let about = About::new(kind, tree.value("Namespace"), name);
    let events: Vec<_> =
        events.map(|(at, it)| (about.clone(), line(place, before + at, it))).collect();
    let mut documents = Vec::new();
    if !events.is_empty() {
        documents.push(Document::Said("described lines".to_owned(), events));
    }
    if kind.is_empty() {
        let why = "only its events are used; give the object as YAML".to_owned();
        documents.push(Document::Unused("kubectl describe of another object".to_owned(), why));
        return documents;
    }
    let status = match kind {
        "Node" => json!({"conditions": tree.section("Conditions").map(table::conditions),
            "capacity": {"pods": tree.section("Capacity").map(|it| it.below().value("pods"))}}),
        _ => json!({"phase": tree.value("Status").split(' ').next()}),
    };
    let object = json!({"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec,
        "status": status});
    let text = lines.iter().map(|it| if may_be_shown(it) { it.trim_end() } else { "" });
    let text = Clean::new(&text.collect::<Vec<_>>().join("\n")).into_text();
    let source = Source { place: place.to_owned(), line: count(before + 1), at: None, text };
    documents.push(Document::Object { object, source });
    documents
}

fn line(place: &str, before: usize, text: &str) -> Line {
    let text = Clean::new(text.trim()).into_text();
    Line { place: place.to_owned(), line: count(before + 1), text, ..Line::default() }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

const SHOWN: [&str; 10] = [
    "Name:",
    "Namespace:",
    "Service Account:",
    "Node:",
    "Status:",
    "ProviderID:",
    "pods:",
    "AWS_ROLE_ARN:",
    "AWS_WEB_IDENTITY_TOKEN_FILE:",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI:",
];

fn may_be_shown(line: &str) -> bool {
    let text = line.trim_start();
    SHOWN.iter().any(|it| text.starts_with(it))
        || text.starts_with("Ready ")
        || text.contains("eks.amazonaws.com/")
}

fn pod(tree: &Tree) -> Value {
    let node = tree.value("Node").split('/').next().filter(|it| !it.starts_with('<'));
    let containers = |section: &str| -> Vec<Value> {
        let all = tree.section(section).map(Tree::children).unwrap_or_default();
        all.into_iter().map(|(name, it)| container(name, it.below())).collect()
    };
    let volumes = tree.section("Volumes").map(Tree::children).unwrap_or_default();
    let volumes = volumes.into_iter().map(|(name, it)| {
        let seconds: Option<i64> = it.below().value("TokenExpirationSeconds").parse().ok();
        // The audience is not printed, and the volumes of EKS tell it by their names.
        let audience = match name {
            "aws-iam-token" => Some("sts.amazonaws.com"),
            "eks-pod-identity-token" => Some("pods.eks.amazonaws.com"),
            _ => None,
        };
        let token = audience.map(|audience| {
            json!([{"serviceAccountToken": {"audience": audience, "expirationSeconds": seconds,
                "path": "token"}}])
        });
        match token {
            Some(sources) => json!({"name": name, "projected": {"sources": sources}}),
            None => json!({"name": name}),
        }
    });
    json!({"serviceAccountName": tree.value("Service Account"), "nodeName": node,
        "initContainers": containers("Init Containers"), "containers": containers("Containers"),
        "volumes": volumes.collect::<Vec<_>>()})
}

fn container(name: &str, tree: Tree) -> Value {
    let set = tree.section("Environment").map(Tree::children).unwrap_or_default();
    let env = set.iter().map(|(name, it)| {
        let value = it.own();
        if value.starts_with('<') {
            // `<set to the key …>`: from elsewhere.
            json!({"name": name, "valueFrom": {}})
        } else {
            json!({"name": name, "value": value})
        }
    });
    let from = tree.section("Environment Variables from").is_some();
    let mounts = tree.section("Mounts").map(Tree::lines).unwrap_or_default();
    let mounts = mounts.iter().filter_map(|it| {
        let (path, rest) = it.trim().split_once(" from ")?;
        Some(json!({"mountPath": path, "name": rest.split(' ').next()}))
    });
    json!({"name": name, "env": env.collect::<Vec<_>>(), "volumeMounts": mounts.collect::<Vec<_>>(),
        "envFrom": if from { json!([{}]) } else { json!([]) }})
}

fn pairs(lines: &[String], between: char) -> Value {
    let pair = |it: &String| {
        let (key, value) = it.split_once(between)?;
        Some((key.trim().to_owned(), Value::from(value.trim())))
    };
    Value::Object(lines.iter().filter_map(pair).collect::<Map<_, _>>())
}

/// A line and what is indented below it.
#[derive(Clone, Copy)]
struct Tree<'a>(&'a [String]);

impl<'a> Tree<'a> {
    /// Where the lines of one level stand.
    fn depth(self) -> usize {
        let deep = |it: &String| it.len() - it.trim_start().len();
        self.0.iter().filter(|it| !it.trim().is_empty()).map(deep).min().unwrap_or(0)
    }

    /// The key of each line of the first level, and the tree that begins with it.
    fn all(self) -> Vec<(&'a str, Tree<'a>)> {
        let depth = self.depth();
        let own = |it: &String| !it.trim().is_empty() && it.len() - it.trim_start().len() == depth;
        let begins: Vec<usize> = (0..self.0.len()).filter(|at| own(&self.0[*at])).collect();
        let ends = begins.iter().skip(1).copied().chain([self.0.len()]);
        let part = |(begin, end): (&usize, usize)| {
            let line = self.0[*begin].trim();
            let key = line.split_once(':').map_or(line, |(key, _)| key);
            (key, Tree(&self.0[*begin..end]))
        };
        begins.iter().zip(ends).map(part).collect()
    }

    fn section(self, key: &str) -> Option<Tree<'a>> {
        self.all().into_iter().find(|(name, _)| *name == key).map(|(_, it)| it)
    }

    /// What stands behind the key of its first line.
    fn own(self) -> &'a str {
        let line = self.0.first().map_or("", |it| it.trim());
        line.split_once(':').map_or("", |(_, value)| value.trim())
    }

    fn value(self, key: &str) -> &'a str {
        self.section(key).map_or("", Tree::own)
    }

    /// What stands behind the key and below it, a line each.
    fn values(self, key: &str) -> Vec<String> {
        let Some(it) = self.section(key) else { return Vec::new() };
        let first = [it.own().to_owned()].into_iter().filter(|it| it != "<none>");
        first.chain(it.lines().into_iter().map(|it| it.trim().to_owned())).collect()
    }

    /// Below its first line.
    fn lines(self) -> Vec<&'a str> {
        self.0.iter().skip(1).map(String::as_str).filter(|it| !it.trim().is_empty()).collect()
    }

    fn below(self) -> Tree<'a> {
        Tree(self.0.get(1..).unwrap_or_default())
    }

    fn children(self) -> Vec<(&'a str, Tree<'a>)> {
        self.below().all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POD: &str = "Name:             api-7d9f
Namespace:        prod
Service Account:  api
Node:             ip-10-0-1-10.us-west-2.compute.internal/10.0.1.10
Labels:           app=api
                  tier=web
Annotations:      <none>
Status:           Running
Containers:
  app:
    Image:          nginx
    Environment:
      AWS_ROLE_ARN:  arn:aws:iam::111122223333:role/api
      PASSWORD:      PLANTED
      KEY:           <set to the key 'k' in secret 's'>  Optional: false
    Mounts:
      /var/run/secrets/eks.amazonaws.com/serviceaccount from aws-iam-token (ro)
Volumes:
  aws-iam-token:
    Type:                    Projected (a volume that contains injected data from multiple sources)
    TokenExpirationSeconds:  86400
Events:
  Type     Reason  Age  From     Message
  ----     ------  ---  ----     -------
  Warning  Failed  2m   kubelet  Failed: Not authorized to perform sts:AssumeRoleWithWebIdentity
";

    #[test]
    fn a_described_pod_is_the_pod_again() {
        let documents = read("pod.txt", POD);
        let [Document::Said(_, events), Document::Object { object, source }] = &documents[..]
        else {
            panic!("{documents:?}");
        };
        assert_eq!((&*events[0].0.name, events[0].1.line), ("api-7d9f", 25));
        assert_eq!(object["kind"], "Pod");
        assert_eq!(object["metadata"]["labels"]["tier"], "web");
        assert_eq!(object["spec"]["serviceAccountName"], "api");
        assert_eq!(object["spec"]["nodeName"], "ip-10-0-1-10.us-west-2.compute.internal");
        let container = &object["spec"]["containers"][0];
        assert_eq!(container["env"][0]["value"], "arn:aws:iam::111122223333:role/api");
        assert!(container["env"][2].get("valueFrom").is_some());
        assert_eq!(container["volumeMounts"][0]["name"], "aws-iam-token");
        let token = &object["spec"]["volumes"][0]["projected"]["sources"][0]["serviceAccountToken"];
        assert_eq!(token["expirationSeconds"], 86400);
        assert!(!source.text.contains("PLANTED"));
        assert_eq!(source.quote("AWS_ROLE_ARN").line, Some(13));
    }

    #[test]
    fn a_described_service_account_has_its_annotation() {
        let text = "Name:                api\nNamespace:           prod\n\
            Labels:              <none>\n\
            Annotations:         eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/api\n\
            Image pull secrets:  <none>\nMountable secrets:   <none>\nEvents:              <none>\n";
        let documents = read("sa.txt", text);
        let Document::Object { object, .. } = &documents[0] else { panic!("{documents:?}") };
        assert_eq!(object["kind"], "ServiceAccount");
        let annotation = &object["metadata"]["annotations"]["eks.amazonaws.com/role-arn"];
        assert_eq!(annotation, "arn:aws:iam::111122223333:role/api");
    }

    #[test]
    fn a_described_node_is_the_node_again() {
        let text = "Name:               ip-10-0-1-10.ec2.internal\nRoles:              <none>\n\
            Labels:             a=b\nConditions:\n  \
            Type             Status  LastHeartbeatTime                 LastTransitionTime                Reason                       Message\n  \
            ----             ------  -----------------                 ------------------                ------                       -------\n  \
            Ready            False   Sun, 01 Mar 2026 10:05:00 +0000   Sun, 01 Mar 2026 10:00:00 +0000   KubeletNotReady              cni plugin not initialized\n\
            Capacity:\n  cpu:                2\n  pods:               29\nProviderID:         aws:///us-west-2a/i-0abc\n";
        let documents = read("node.txt", text);
        let Some(Document::Object { object, .. }) = documents.last() else { panic!() };
        let ready = &object["status"]["conditions"][2];
        assert_eq!(
            (&ready["type"], &ready["reason"]),
            (&"Ready".into(), &"KubeletNotReady".into())
        );
        assert_eq!(ready["message"], "cni plugin not initialized");
        assert_eq!(object["status"]["capacity"]["pods"], "29");
        assert_eq!(object["spec"]["providerID"], "aws:///us-west-2a/i-0abc");
    }

    #[test]
    fn what_is_cut_anywhere_is_read_as_far_as_it_goes() {
        for end in (0..POD.len()).filter(|it| POD.is_char_boundary(*it)) {
            read("x", &POD[..end]);
        }
    }
}
