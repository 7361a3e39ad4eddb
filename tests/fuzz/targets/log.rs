//! Lines of any log: what is kept was read, and is judged.

#![no_main]

use diagnosis::document::log;
use diagnosis::facts::Facts;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let read = log::read("app.log", &mut &*input).expect("memory cannot fail");
    // However the bytes come in, the records are the same.
    let mut slow = std::io::BufReader::with_capacity(7, input);
    let again = log::read("app.log", &mut slow).expect("memory cannot fail");
    assert_eq!(format!("{read:?}"), format!("{again:?}"), "chunks changed the records");
    let newlines = input.iter().filter(|it| **it == b'\n').count();
    let lines = newlines + usize::from(!input.is_empty() && !input.ends_with(b"\n"));
    assert_eq!(read.read as usize, lines);
    if let Ok(text) = std::str::from_utf8(input) {
        for line in &read.lines {
            assert!(line.line as usize <= lines && line.line > 0);
            let removed = |it: &str| it.contains("(removed)");
            let verbatim = if line.verbatim.is_empty() { &line.text } else { &line.verbatim };
            for it in verbatim.lines().filter(|it| !removed(it)).map(str::trim) {
                // Without colours, and in one line what was wrapped or cut in parts.
                let joined = ["\u{1b}", " message: ", " stderr P ", " stdout P "];
                let whole = joined.iter().any(|it| text.contains(it));
                assert!(whole || text.contains(it), "not read: {it:?}");
            }
        }
    }
    fuzz::sound(&Facts { lines: read.lines, ..Facts::default() });
});
