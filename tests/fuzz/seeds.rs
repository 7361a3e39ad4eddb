//! `seeds FOLDER`: a folder of seeds for each target, and a dictionary of what the signs say.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use diagnosis::chain::{self, ladder};
use diagnosis::pattern;

fn main() -> io::Result<()> {
    let into = PathBuf::from(env::args_os().nth(1).expect("seeds FOLDER"));
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut seeds = Seeds { into, count: 0 };
    let mut words = String::new();
    let signs = chain::links().flat_map(|(_, link)| link.signs).chain(chain::NOISE);
    let signs = signs.map(|it| (it.text, it.sample));
    for (text, sample) in signs.chain(ladder::WIRE.iter().map(|it| (it.text, it.sample))) {
        seeds.add("log", sample.as_bytes())?;
        seeds.choice("answers", 7, sample.as_bytes())?;
        let word = pattern::anchor(text).as_bytes().escape_ascii().to_string().replace("\\'", "'");
        words.push_str(&format!("\"{word}\"\n"));
    }
    let mut files = Vec::new();
    for folder in ["recordings", "cases", "policies", "corpus"] {
        walk(&tests.join(folder), &mut files)?;
    }
    for file in files {
        let content = fs::read(&file)?;
        if content.len() > 64 << 10 {
            // The rows of a table, each on its own.
            let rows = content.split(|it| *it == b'\n').filter(|it| !it.is_empty());
            rows.step_by(7).try_for_each(|it| seeds.add("log", it))?;
            continue;
        }
        for target in ["paste", "log", "policy"] {
            seeds.add(target, &content)?;
        }
        seeds.choice("recording", 6, &content)?;
        seeds.choice("answers", 7, &content)?;
    }
    fs::write(seeds.into.join("words"), words)
}

struct Seeds {
    into: PathBuf,
    count: u32,
}

impl Seeds {
    fn add(&mut self, target: &str, content: &[u8]) -> io::Result<()> {
        let folder = self.into.join(target);
        fs::create_dir_all(&folder)?;
        self.count += 1;
        fs::write(folder.join(self.count.to_string()), content)
    }

    /// For a target that takes its first byte as a choice, one of each.
    fn choice(&mut self, target: &str, choices: u8, content: &[u8]) -> io::Result<()> {
        (0..choices).try_for_each(|it| self.add(target, &[&[it], content].concat()))
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(())
}
