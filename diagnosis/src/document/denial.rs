//! What the workload says of whom AWS denied what.

use crate::facts::{Line, Observed, Source};

/// One denied call, or as whom the workload called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Denial {
    /// `arn:…:assumed-role/<role>/<session>`
    pub caller: String,
    /// `<service>:<Action>`; empty where it is not told.
    pub action: String,
    pub resource: String,
    /// An encoded authorization message.
    pub encoded: Option<String>,
    source: Source,
}

const ENCODED: &str = "Encoded authorization failure message: ";

impl Denial {
    /// The last one counts: the others may be older than what was changed since.
    pub fn last(lines: &[Line]) -> Option<Self> {
        let all = lines.iter().filter_map(Self::read);
        all.max_by(|a, b| a.source.at.cmp(&b.source.at))
    }

    /// As the fact that links read.
    pub fn caller(&self) -> Observed<String> {
        match self.caller.as_str() {
            "" => Observed::Skipped,
            caller => Observed::seen(caller.to_owned(), self.source.clone()),
        }
    }

    fn read(line: &Line) -> Option<Self> {
        let text = &line.text;
        let after = |text: &str, mark: &str| {
            let rest = &text[text.find(mark)? + mark.len()..];
            let end = rest.find(|it: char| it.is_whitespace() || "\"',)".contains(it));
            let word = &rest[..end.unwrap_or(rest.len())];
            Some(word.trim_end_matches('.').to_owned())
        };
        let user = after(text, "User: ").filter(|it| it.contains(":assumed-role/"));
        let encoded = after(text, ENCODED);
        if user.is_none() && encoded.is_none() {
            return None;
        }
        let told = |it: &&str| user.as_ref().is_some_and(|user| it.contains(user));
        let quote = (line.line..).zip(text.lines()).find(|(_, it)| told(it));
        let (number, quote) = quote.unwrap_or((line.line, text));
        Some(Self {
            caller: user.unwrap_or_default(),
            action: after(text, "not authorized to perform: ").unwrap_or_default(),
            resource: after(text, "on resource: ").unwrap_or_default(),
            encoded,
            source: Source {
                place: line.place.clone(),
                line: if line.line > 0 { number } else { 0 },
                at: line.at.clone(),
                text: quote.trim().to_owned(),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: &str, text: &str) -> Line {
        let (place, at) = ("logs of prod/api-1/app".to_owned(), Some(at.to_owned()));
        Line { place, at, text: text.to_owned(), ..Line::default() }
    }

    #[test]
    fn the_last_denial_names_caller_action_and_resource() {
        let text = "An error occurred (AccessDenied) when calling the GetObject operation: User: \
            arn:aws:sts::111122223333:assumed-role/api/i-0abc is not authorized to perform: \
            s3:GetObject on resource: \"arn:aws:s3:::b/k\" because no identity-based policy allows it";
        let text = text.replace('"', "");
        let old = text.replace("i-0abc", "old");
        let denial = Denial::last(&[line("2", &text), line("1", &old), line("3", "ok")]).unwrap();
        assert_eq!(denial.caller, "arn:aws:sts::111122223333:assumed-role/api/i-0abc");
        assert_eq!((&*denial.action, &*denial.resource), ("s3:GetObject", "arn:aws:s3:::b/k"));
        assert!(matches!(denial.caller(), Observed::Seen { source, .. } if source.text == text));
    }

    #[test]
    fn an_encoded_message_is_taken_as_it_is() {
        let text = "UnauthorizedOperation: You are not authorized. Encoded authorization failure message: Zm9v-_x status code: 403";
        let denial = Denial::last(&[line("1", text)]).unwrap();
        assert_eq!(denial.encoded.as_deref(), Some("Zm9v-_x"));
        assert!(matches!(denial.caller(), Observed::Skipped));
        assert!(Denial::last(&[line("1", "User: jane is here")]).is_none());
    }
}
