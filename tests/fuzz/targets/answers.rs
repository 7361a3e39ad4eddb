//! The small readers: IMDS, ipamd, tokens, secrets in text, denials, and the patterns of all signs.

#![no_main]

use diagnosis::chain::{self, ladder};
use diagnosis::document::{aws, denial::Denial, imds, ipamd, redact::Clean, scan, token};
use diagnosis::facts::Line;
use diagnosis::pattern;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((which, body)) = input.split_first() else { return };
    let text = String::from_utf8_lossy(body);
    match which % 7 {
        0 => drop((imds::identity(body), imds::profile(body))),
        1 => drop(imds::role("role", body, None)),
        2 => drop(ipamd::enis(body)),
        3 => drop(token::claims(body)),
        4 => {
            let clean = Clean::new(&text).into_text();
            // What is clean stays as it is.
            let again = Clean::new(&clean).into_text();
            assert_eq!(again.trim_end(), clean.trim_end());
        }
        5 => {
            let line = Line { place: "app.log".into(), text: text.into_owned(), ..Line::default() };
            drop((Denial::last(std::slice::from_ref(&line)), aws::decoded(&line.text)));
        }
        _ => {
            let signs = chain::links().flat_map(|(_, link)| link.signs).chain(chain::NOISE);
            for sign in signs.map(|it| it.text).chain(ladder::WIRE.iter().map(|it| it.text)) {
                let Some((at, names)) = pattern::read(sign, &text) else { continue };
                assert!(text.is_char_boundary(at) && scan::matters(text.as_bytes()), "{sign}");
                assert!(names.values().all(|it| text.contains(it.as_str())), "{sign}: {names:?}");
            }
        }
    }
});
