//! ARNs of roles.

/// `arn:<partition>:iam::<account>:role/<name>`, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleArn<'a> {
    pub partition: &'a str,
    pub account: &'a str,
    /// The last part of the path, which is the role's name.
    pub name: &'a str,
}

impl<'a> RoleArn<'a> {
    /// `None` for anything that STS would refuse as `Request ARN is invalid`.
    pub fn parse(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let mut next = || parts.next();
        let (scheme, partition, service) = (next()?, next()?, next()?);
        let (region, account, resource) = (next()?, next()?, next()?);
        let path = resource.strip_prefix("role/")?;
        let (_, name) = path.rsplit_once('/').unwrap_or(("", path));
        let valid = scheme == "arn"
            && partition.starts_with("aws")
            && service == "iam"
            && region.is_empty()
            && account.len() == 12
            && account.bytes().all(|it| it.is_ascii_digit())
            && !name.is_empty()
            && path.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-/.@+=,".contains(&it));
        valid.then_some(Self { partition, account, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_arn_is_taken_apart_and_anything_else_refused() {
        let arn = RoleArn::parse("arn:aws-cn:iam::111122223333:role/team/api-reader");
        let (partition, account, name) = ("aws-cn", "111122223333", "api-reader");
        assert_eq!(arn, Some(RoleArn { partition, account, name }));
        for bad in [
            "",
            "api-reader",
            "arn:aws:iam::111122223333:user/api",
            "arn:aws:iam::11112222333:role/api",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::111122223333:role/api reader",
            "arn:aws:iam:us-west-2:111122223333:role/api",
            " arn:aws:iam::111122223333:role/api",
            "arn:aws:iam::111122223333:role/api\u{200b}",
        ] {
            assert_eq!(RoleArn::parse(bad), None, "{bad}");
        }
    }
}
