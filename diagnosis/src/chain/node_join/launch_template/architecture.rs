//! The processor of an instance type, where its name tells.
//!
//! Source: <https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html>: family,
//! generation, options; the option `g` is AWS Graviton, which is arm64, `i` Intel and `a` AMD.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Architecture {
    X86,
    Arm,
}

/// Families that are named by that rule.
const FAMILIES: [&str; 16] =
    ["c", "d", "f", "g", "gr", "hpc", "i", "im", "inf", "is", "m", "p", "r", "t", "x", "z"];

/// Letters of options; others are not known.
const OPTIONS: &str = "abdeginqsz";

/// `None` where the name does not tell: `mac2`, `u-6tb1`, `p6e-gb200`.
pub(super) fn of(instance_type: &str) -> Option<Architecture> {
    let (family, _) = instance_type.split_once('.')?;
    if family == "a1" {
        return Some(Architecture::Arm);
    }
    let family = family.strip_suffix("-flex").unwrap_or(family);
    let digit = family.find(|it: char| it.is_ascii_digit())?;
    let (name, rest) = family.split_at(digit);
    let options = rest.trim_start_matches(|it: char| it.is_ascii_digit());
    if !FAMILIES.contains(&name) || !options.chars().all(|it| OPTIONS.contains(it)) {
        return None;
    }
    Some(if options.contains('g') { Architecture::Arm } else { Architecture::X86 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_processor_or_nothing() {
        for it in ["m6g.large", "c7gn.xlarge", "t4g.small", "im4gn.large", "g5g.xlarge", "a1.large"]
        {
            assert_eq!(of(it), Some(Architecture::Arm), "{it}");
        }
        for it in
            ["m6i.large", "t3.micro", "c7i-flex.large", "g5.xlarge", "r5dn.large", "p4d.24xlarge"]
        {
            assert_eq!(of(it), Some(Architecture::X86), "{it}");
        }
        for it in
            ["", "m6i", "mac2.metal", "u-6tb1.metal", "p6e-gb200.36xlarge", "x2iedn", "q1.large"]
        {
            assert_eq!(of(it), None, "{it}");
        }
    }
}
