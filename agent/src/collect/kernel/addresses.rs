//! The kernel's own IPv4 addresses, from its routing trie.

/// A leaf `|-- <address>` under which stands `/32 host LOCAL`. Each stands in two tables; once is
/// enough.
pub(super) fn own(trie: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut leaf = "";
    for line in trie.lines().map(str::trim) {
        if let Some(address) = line.strip_prefix("|-- ") {
            leaf = address;
        } else if line == "/32 host LOCAL" && !all.iter().any(|it| it == leaf) {
            all.push(leaf.to_owned());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn only_addresses_of_the_host_itself_are_its_own() {
        let trie = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n\
            \n     |-- 10.0.1.10\n        /32 host LOCAL\n     |-- 10.0.1.11\n        /32 link UNICAST\n\
            \n     |-- 10.0.1.255\n        /32 link BROADCAST\nLocal:\n     |-- 10.0.1.10\n        /32 host LOCAL\n\
            \n     |-- 127.0.0.0\n        /8 host LOCAL\n     |-- 127.0.0.1\n        /32 host LOCAL\n";
        assert_eq!(own(trie), ["10.0.1.10", "127.0.0.1"]);
        assert!(own("").is_empty() && own("/32 host LOCAL").len() <= 1);
    }
}
