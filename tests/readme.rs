//! What can be counted in README comes from the code.

use std::fs;

use diagnosis::{render, report::Exit};
use integration::recordings;

fn readme() -> String {
    fs::read_to_string(recordings().join("../../README.md")).unwrap()
}

fn between<'a>(text: &'a str, mark: &str) -> &'a str {
    let (begin, end) = (format!("<!-- {mark} -->"), format!("<!-- /{mark} -->"));
    text.split(&begin).nth(1).unwrap().split(&end).next().unwrap()
}

#[test]
fn the_table_of_links_is_the_list_of_links() {
    let (text, table) = (readme(), render::table());
    let found = between(&text, "links");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        let new = text.replace(
            &format!("<!-- links -->{found}<!-- /links -->"),
            &format!("<!-- links -->\n{table}<!-- /links -->"),
        );
        fs::write(recordings().join("../../README.md"), new).unwrap();
        return;
    }
    assert_eq!(found.trim(), table.trim(), "UPDATE_EXPECTED=1 cargo test writes it");
}

#[test]
fn the_exit_codes_are_those_of_the_programs() {
    let text = readme();
    let codes = [
        (Exit::Healthy, "healthy"),
        (Exit::CouldNotRun, "the program could not run"),
        (Exit::Usage, "the command line was wrong"),
        (Exit::Decided, "a fault was decided"),
        (Exit::Undecided, "undecided"),
    ];
    for (exit, meaning) in codes {
        let row = format!("| {} | {meaning}", exit as u8);
        assert!(text.contains(&row), "{row}");
    }
}

#[test]
fn the_example_of_diagnose_and_its_network_are_files_of_a_case() {
    let text = readme();
    let command = between(&text, "diagnose");
    let folder = command.split_whitespace().find(|it| it.starts_with("tests/")).unwrap();
    let folder = recordings().join("../..").join(folder);
    let sample = fs::read_to_string(folder.join("network.yaml")).unwrap();
    let shown = between(&text, "network").trim();
    assert_eq!(shown, format!("```yaml\n{}\n```", sample.trim()));
}
