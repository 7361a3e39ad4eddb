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
            let verbatim = line.text.lines().filter(|it| !removed(it)).map(str::trim);
            for it in verbatim {
                assert!(text.contains(it) || text.contains('\u{1b}'), "not read: {it:?}");
            }
        }
    }
    fuzz::sound(&Facts { lines: read.lines, ..Facts::default() });
});
