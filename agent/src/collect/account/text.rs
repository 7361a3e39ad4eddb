//! How AWS writes what is read here: encoded policies, times, ARNs; and words for a shell.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
pub(super) use diagnosis::document::aws::decoded;
pub(super) use diagnosis::document::shell::word;

/// As all times in Facts: whole seconds.
pub(super) fn time(at: &DateTime) -> Option<String> {
    DateTime::from_secs(at.secs()).fmt(Format::DateTime).ok()
}

/// The account in any ARN that has one.
pub(super) fn account(arn: &str) -> Option<&str> {
    let account = arn.strip_prefix("arn:")?.split(':').nth(3)?;
    (!account.is_empty()).then_some(account)
}

/// The last part of a role's path, also of an `assumed-role` ARN. Whether the ARN is one that STS
/// would take is not decided here.
pub(super) fn role_name(arn: &str) -> Option<&str> {
    let resource = arn.splitn(6, ':').nth(5)?;
    let name = match resource.strip_prefix("assumed-role/") {
        Some(rest) => rest.split('/').next(),
        None => resource.strip_prefix("role/")?.rsplit('/').next(),
    };
    name.filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_decoded_byte_by_byte() {
        assert_eq!(decoded("%7B%22a%22%3A%20%22b+c%22%7D"), r#"{"a": "b+c"}"#);
        assert_eq!(decoded("%E2%82%AC 100% %zz %4"), "€ 100% %zz %4");
        assert_eq!(decoded("%25%32%35"), "%25");
    }

    #[test]
    fn a_time_is_one_of_facts() {
        let at = DateTime::from_secs_and_nanos(1_767_225_600, 5);
        assert_eq!(time(&at).as_deref(), Some("2026-01-01T00:00:00Z"));
        assert_eq!(time(&DateTime::from_secs(i64::MAX)), None);
    }

    #[test]
    fn an_arn_gives_account_and_role() {
        let arn = "arn:aws:iam::111122223333:role/team/api-reader";
        assert_eq!((account(arn), role_name(arn)), (Some("111122223333"), Some("api-reader")));
        let session = "arn:aws:sts::111122223333:assumed-role/api-reader/botocore-1";
        assert_eq!(role_name(session), Some("api-reader"));
        assert_eq!(account("arn:aws:s3:::data"), None);
        assert_eq!(role_name("arn:aws:iam::111122223333:user/x"), None);
        assert_eq!(role_name("arn:aws:iam::111122223333:role/"), None);
    }
}
