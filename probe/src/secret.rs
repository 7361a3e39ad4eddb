//! Tokens, in a type that cannot be printed, copied or written down by accident.

use zeroize::Zeroizing;

/// Has no `Debug`, `Display`, `Clone` or `Serialize`, and leaves memory when it is dropped.
pub(crate) struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// For the one request that carries it.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// As text, which every token is.
    pub(crate) fn expose_text(&self) -> Option<&str> {
        str::from_utf8(&self.0).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    /// Compiles only while `$type` lacks `$trait`: with it, two impls would fit and `_` could not
    /// be inferred.
    macro_rules! lacks {
        ($type:ty, $trait:path) => {
            const _: fn() = || {
                trait Probe<Way> {
                    fn fits() {}
                }
                struct Implemented;
                impl<T: ?Sized> Probe<()> for T {}
                impl<T: ?Sized + $trait> Probe<Implemented> for T {}
                let _ = <$type as Probe<_>>::fits;
            };
        };
    }

    lacks!(Secret, std::fmt::Debug);
    lacks!(Secret, std::fmt::Display);
    lacks!(Secret, Clone);
    lacks!(Secret, serde::Serialize);

    #[test]
    fn only_what_is_text_is_given_as_text() {
        assert_eq!(Secret::new(b"a.b.c".to_vec()).expose_text(), Some("a.b.c"));
        assert_eq!(Secret::new(vec![0xff]).expose_text(), None);
    }
}
