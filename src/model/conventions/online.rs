//! Which registries may be asked for images, and where they answer.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;

use super::patterns::Pattern;

/// What `check --online` may ask. Hosts may have a port, as in pull specs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnlineRegistries {
    /// Registries that may be asked.
    pub hosts: Vec<String>,
    /// Registries that may be asked although they are at private or loopback addresses.
    pub local: Vec<String>,
    /// Those of `local` that are at the loopback and speak plain HTTP.
    pub plain: Vec<String>,
    /// The host that answers for a registry, where that is another.
    pub endpoints: BTreeMap<String, String>,
    /// Hosts beside itself that may give out tokens for a registry.
    pub token_hosts: BTreeMap<String, Vec<String>>,
    /// Hosts that a registry may send questions on to, to be asked without credentials.
    pub redirects: BTreeMap<String, Pattern>,
}

impl OnlineRegistries {
    /// Whether the registry may be asked.
    #[must_use]
    pub fn allows(&self, registry: &str) -> bool {
        self.is_local(registry) || self.hosts.iter().any(|own| own == registry)
    }

    /// Whether the registry may be at a private or loopback address.
    #[must_use]
    pub fn is_local(&self, registry: &str) -> bool {
        self.local.iter().any(|own| own == registry)
    }

    /// Whether the registry is asked without TLS, which is for the loopback alone.
    #[must_use]
    pub fn is_plain(&self, registry: &str) -> bool {
        self.is_local(registry)
            && is_loopback(registry)
            && self.plain.iter().any(|own| own == registry)
    }

    /// The host that answers for the registry.
    #[must_use]
    pub fn endpoint<'s>(&'s self, registry: &'s str) -> &'s str {
        let elsewhere = self.endpoints.get(registry);
        elsewhere.map_or(registry, String::as_str)
    }

    /// Whether `host` may give out tokens for the registry.
    #[must_use]
    pub fn gives_tokens(&self, registry: &str, host: &str) -> bool {
        let others = self.token_hosts.get(registry);
        host == self.endpoint(registry)
            || others.is_some_and(|others| others.iter().any(|other| other == host))
    }

    /// Whether the registry may send a question on to `host`.
    #[must_use]
    pub fn may_redirect(&self, registry: &str, host: &str) -> bool {
        let others = self.redirects.get(registry);
        others.is_some_and(|others| others.is_match(host))
    }
}

/// Whether a registry is called by a name or an address of the loopback, whatever the port.
fn is_loopback(registry: &str) -> bool {
    let host = match registry.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => registry,
    };
    let address: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_the_loopback_alone() {
        let named = [
            "127.0.0.1:5000",
            "localhost",
            "[::1]:80",
            "10.0.0.1",
            "quay.io",
        ];
        let online = OnlineRegistries {
            local: named.map(str::to_owned).to_vec(),
            plain: named.map(str::to_owned).to_vec(),
            ..OnlineRegistries::default()
        };
        let plain = named.map(|registry| online.is_plain(registry));
        assert_eq!(plain, [true, true, true, false, false]);
        assert!(!online.is_plain("127.0.0.1:5001") && !online.allows("127.0.0.1:5001"));
        assert!(!is_loopback("127.0.0.1.example.com") && !is_loopback("localhost.example.com:1"));
    }
}
