//! Who may connect.
//!
//! The kernel says which user a client's process runs as (`SO_PEERCRED`); nothing in a request
//! is believed. The permissions of the socket are the first door, this is the second.

use std::collections::BTreeSet;

const ROOT: u32 = 0;
const ACCOUNTS: &str = "/etc/passwd";

/// The users who may connect, by number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Peers(BTreeSet<u32>);

impl Peers {
    /// Root, the service's own user and those that are named.
    ///
    /// Names are looked up in `/etc/passwd` and nowhere else: a static program cannot load the
    /// system's other directories. A user of such a directory is named by number.
    pub(crate) fn new(names: &[String]) -> Result<Self, String> {
        let accounts = if names.is_empty() {
            String::new()
        } else {
            std::fs::read_to_string(ACCOUNTS).map_err(|error| format!("{ACCOUNTS}: {error}"))?
        };
        let own = rustix::process::geteuid().as_raw();
        let mut users = BTreeSet::from([ROOT, own]);
        for name in names {
            users.insert(number(name, &accounts)?);
        }
        Ok(Self(users))
    }

    /// Whether this user may connect.
    pub(crate) fn allow(&self, user: u32) -> bool {
        self.0.contains(&user)
    }
}

fn number(name: &str, accounts: &str) -> Result<u32, String> {
    if let Ok(number) = name.parse() {
        return Ok(number);
    }
    accounts
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find_map(|fields| match fields.as_slice() {
            [account, _, number, ..] if *account == name => number.parse().ok(),
            _ => None,
        })
        .ok_or_else(|| format!("--allow-user {name}: {ACCOUNTS} has no such user; give a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNTS: &str = "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33::/var/www:/bin/sh\n";

    #[test]
    fn users_are_known_by_name_and_by_number() {
        assert_eq!(number("www-data", ACCOUNTS), Ok(33));
        assert_eq!(number("1001", ACCOUNTS), Ok(1001));
        assert!(
            number("www", ACCOUNTS)
                .unwrap_err()
                .contains("--allow-user www:")
        );
    }

    #[test]
    fn root_and_the_own_user_are_always_allowed() {
        let peers = Peers::new(&["65533".to_owned()]).unwrap();
        assert!(peers.allow(0));
        assert!(peers.allow(rustix::process::geteuid().as_raw()));
        assert!(peers.allow(65533));
        assert!(!peers.allow(65532));
    }
}
