//! IAM's wildcards: `*` any text, `?` any one character, everything else itself.

/// A pattern after its variables were replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Char(char),
    /// `*`
    Many,
    /// `?`
    One,
}

pub(super) fn tokens(pattern: &str) -> Vec<Token> {
    let token = |it| match it {
        '*' => Token::Many,
        '?' => Token::One,
        other => Token::Char(other),
    };
    pattern.chars().map(token).collect()
}

pub(super) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

pub(super) fn matches(pattern: &str, text: &str) -> bool {
    tokens_match(&tokens(pattern), text)
}

/// Linear in memory, at worst the product of both lengths in time.
pub(super) fn tokens_match(pattern: &[Token], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    walk(pattern, &text, |_, _| true)
}

/// As [`tokens_match`], but only the stars that `may_swallow` (by their index, and the character)
/// take it.
pub(super) fn walk(
    pattern: &[Token],
    text: &[char],
    may_swallow: impl Fn(usize, char) -> bool,
) -> bool {
    // `reach[j]`: the pattern so far matches the first `j` characters.
    let mut reach = vec![false; text.len() + 1];
    reach[0] = true;
    for (index, token) in pattern.iter().enumerate() {
        let mut next = vec![false; text.len() + 1];
        match token {
            Token::Many => {
                for j in 0..=text.len() {
                    next[j] = reach[j] || (j > 0 && next[j - 1] && may_swallow(index, text[j - 1]));
                }
            }
            Token::One | Token::Char(_) => {
                for j in 1..=text.len() {
                    let fits = match token {
                        Token::Char(char) => *char == text[j - 1],
                        _ => may_swallow(index, text[j - 1]),
                    };
                    next[j] = reach[j - 1] && fits;
                }
            }
        }
        if !next.contains(&true) {
            return false;
        }
        reach = next;
    }
    reach[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_and_nothing_else() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abb", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a?c", "aéc", true),
            ("*b*b*", "abab", true),
            ("a.c", "abc", false),
            ("[ab]", "a", false),
            ("A", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        assert!(!matches(&"*a".repeat(500), &"b".repeat(2000)));
    }
}
