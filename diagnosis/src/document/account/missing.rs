//! The commands whose answers would tell more, with the names filled in.

use super::Answers;

impl Answers {
    /// Ready to paste, in the order in which their answers lead to each other.
    pub fn missing(&self) -> Vec<String> {
        Vec::new()
    }
}
