//! The policies of roles. Most answers about them do not say of which role or policy they are: then
//! the only one there is, or the name of the file, tells.

use serde_json::Value;

use super::fragment::{Part, members};
use super::read::string;
use super::{Answers, names};
use crate::document::aws::decoded;
use crate::facts::PolicyDocument;

#[derive(Default)]
pub(super) struct Policies {
    attached: Vec<Names>,
    inline: Vec<Names>,
    /// Role, name and document.
    documents: Vec<(String, PolicyDocument)>,
    /// Where each was found, and its document.
    versions: Vec<(String, String)>,
}

/// A list about a role, which only its place may name.
struct Names {
    place: String,
    all: Vec<String>,
    cut: bool,
}

impl Policies {
    /// Of a managed policy, by its ARN.
    pub(super) fn document(&self, arn: &str) -> Option<String> {
        let name = names::last(arn);
        let own = |it: &&(String, String)| names::in_place(&it.0, name);
        let named = self.versions.iter().find(own);
        named.map(|(_, text)| text.clone())
    }
}

/// Of a policy that AWS made: its name says what is in it.
fn is_of_aws(arn: &str) -> bool {
    arn.contains(":iam::aws:policy/")
}

impl Answers {
    pub(super) fn of_policies(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        let place = text.place.to_owned();
        let cut = value["IsTruncated"] == true || value.get("Marker").is_some();
        let list = |key: &str| value.get(key).and_then(Value::as_array);
        if let Some(all) = list("AttachedPolicies") {
            let names = all.iter().map(|it| string(it, "PolicyArn")).collect();
            self.policies.attached.push(Names { place, all: names, cut });
            return Some(format!("{} attached policies", all.len()));
        }
        if let Some(all) = list("PolicyNames") {
            let names = all.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            self.policies.inline.push(Names { place, all: names, cut });
            return Some(format!("{} inline policies", all.len()));
        }
        if let Some(it) = value.get("PolicyDocument").filter(|_| value.get("RoleName").is_some()) {
            let name = string(value, "PolicyName");
            let what = format!("policy {name} of role {}", string(value, "RoleName"));
            let document = PolicyDocument { name, text: document(text, "PolicyDocument", it) };
            self.policies.documents.push((string(value, "RoleName"), document));
            return Some(what);
        }
        let it = value["PolicyVersion"].get("Document")?;
        let inner = text.value("PolicyVersion")?;
        self.policies.versions.push((place, document(inner, "Document", it)));
        Some("permission policy".to_owned())
    }

    /// Names and documents, and what of them was not read.
    pub(super) fn policies_of(&self, role: &str) -> (Vec<PolicyDocument>, Vec<String>) {
        let (mut all, mut unread) = (Vec::new(), Vec::new());
        let attached = self.of_role(&self.policies.attached, role);
        for arn in attached.iter().flat_map(|it| &it.all) {
            let text = self.policies.document(arn).or_else(|| self.only(arn)).unwrap_or_default();
            if text.is_empty() && !is_of_aws(arn) {
                let why = "its document was not given; aws iam get-policy-version prints it";
                unread.push(format!("{arn}: {why}"));
            }
            all.push(PolicyDocument { name: arn.clone(), text });
        }
        let inline = self.of_role(&self.policies.inline, role);
        let own = self.policies.documents.iter().filter(|(it, _)| it == role);
        all.extend(own.clone().map(|(_, it)| it.clone()));
        for name in inline.iter().flat_map(|it| &it.all) {
            if !own.clone().any(|(_, it)| it.name == *name) {
                unread.push(format!(
                    "inline policy {name}: not given; aws iam get-role-policy prints it"
                ));
            }
        }
        for (found, action, what) in [
            (&attached, "iam:ListAttachedRolePolicies", "attached policies"),
            (&inline, "iam:ListRolePolicies", "inline policies"),
        ] {
            let cut = found.iter().any(|it| it.cut);
            if found.is_empty() || cut {
                let why = match self.why_not(action, role) {
                    Some(why) => why,
                    None if cut => "the list is cut".to_owned(),
                    None => "not given".to_owned(),
                };
                unread.push(format!("{what}: {why}"));
            }
        }
        (all, unread)
    }

    /// The lists of this role: those whose place names it, else the only one of the only role.
    fn of_role<'a>(&self, all: &'a [Names], role: &str) -> Vec<&'a Names> {
        let known = self.known_roles();
        let named: Vec<&Names> =
            all.iter().filter(|it| whose(&known, &it.place) == Some(role)).collect();
        match all {
            _ if !named.is_empty() => named,
            [only] if known == [role] && whose(&known, &only.place).is_none() => vec![only],
            _ => named,
        }
    }

    fn known_roles(&self) -> Vec<&str> {
        let own = self.roles.iter().map(|it| &*it.name);
        let groups = self.nodegroups.all.iter().map(|it| names::last(&it.node_role));
        let profiles = self.profiles.all.iter().flat_map(|it| &it.value.roles);
        let profiles = profiles.map(|it| &*it.role_name);
        let mut all: Vec<&str> = own.chain(groups).chain(profiles).collect();
        all.retain(|it| !it.is_empty());
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The only document, where only one policy lacks its own.
    fn only(&self, arn: &str) -> Option<String> {
        let customers = self.policies.attached.iter().flat_map(|it| &it.all);
        let mut customers: Vec<&String> = customers.filter(|it| !is_of_aws(it)).collect();
        customers.sort_unstable();
        customers.dedup();
        match (&customers[..], &self.policies.versions[..]) {
            ([one], [(_, text)]) if *one == arn => Some(text.clone()),
            _ => None,
        }
    }
}

/// The longest name is meant: `node` is within `eks-node`.
fn whose<'a>(known: &[&'a str], place: &str) -> Option<&'a str> {
    let named = known.iter().copied().filter(|it| names::in_place(place, it));
    named.max_by_key(|it| it.len())
}

/// As it was written; the API itself, unlike its CLI, answers it encoded.
fn document(text: Part<'_>, key: &str, value: &Value) -> String {
    if let Some(encoded) = value.as_str() {
        return decoded(encoded);
    }
    let own = members(text.text).into_iter().find(|(it, ..)| it == key);
    let written = own.and_then(|(_, begin, end)| {
        let member = &text.text[begin..end];
        Some(member.split_once(':')?.1.trim_start().to_owned())
    });
    written.unwrap_or_else(|| value.to_string())
}
