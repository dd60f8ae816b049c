//! One request over HTTP, with everything bounded: time, sizes, and which addresses it may go to.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use ureq::config::Config;
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, RequestBuilder, typestate::WithoutBody};

use super::Undecided;
use crate::limits::{MAX_ASKED_AT_ONCE, MAX_ASKED_OF_REGISTRY, MAX_RESPONSE_HEADERS};
use crate::model::conventions::OnlineRegistries;

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Whoever takes requests to their hosts.
pub trait Transport: Send + Sync {
    /// Sends a request, once, and follows no redirect.
    ///
    /// # Errors
    /// Why there is no reply.
    fn send(&self, request: &Request<'_>) -> Result<Reply, Undecided>;

    /// How many requests were sent.
    fn sent(&self) -> usize;
}

/// Sends requests, over connections that are kept.
pub(super) struct Http {
    agent: Agent,
    sent: AtomicUsize,
}

/// What came back.
pub struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// How a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// For the headers alone.
    Head,
    /// For the body, too.
    Get,
}

/// A request.
pub struct Request<'r> {
    /// How it is made.
    pub method: Method,
    /// To where.
    pub address: &'r str,
    /// Parameters of the query, beside those of the address.
    pub query: &'r [(&'r str, &'r str)],
    /// The header `Accept`.
    pub accept: &'r str,
    /// The header `Authorization`.
    pub authorization: Option<&'r str>,
    /// Bytes of the body at most.
    pub longest: u64,
    /// Until when there has to be a reply.
    pub deadline: Instant,
}

impl Http {
    /// With the usual certificate authorities, or `authorities` alone.
    pub fn new(online: &OnlineRegistries, authorities: Option<RootCerts>) -> Self {
        let tls = TlsConfig::builder().root_certs(authorities.unwrap_or(RootCerts::WebPki));
        let config = Agent::config_builder()
            .user_agent(USER_AGENT)
            .http_status_as_error(false)
            // Where to follow is decided in `client.rs`.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // Addresses can be looked at only where names are resolved here.
            .proxy(None)
            .max_response_header_size(MAX_RESPONSE_HEADERS)
            .max_idle_connections(MAX_ASKED_AT_ONCE * MAX_ASKED_OF_REGISTRY)
            .max_idle_connections_per_host(MAX_ASKED_OF_REGISTRY)
            .tls_config(tls.build())
            .build();
        let resolver = PublicAddresses {
            local: online.local.clone(),
            resolver: DefaultResolver::default(),
        };
        Self {
            agent: Agent::with_parts(config, DefaultConnector::default(), resolver),
            sent: AtomicUsize::new(0),
        }
    }
}

impl Transport for Http {
    fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    fn send(&self, request: &Request<'_>) -> Result<Reply, Undecided> {
        let left = request.deadline.checked_duration_since(Instant::now());
        let left = left
            .filter(|left| !left.is_zero())
            .ok_or(Undecided::TimedOut)?;
        let builder: RequestBuilder<WithoutBody> = match request.method {
            Method::Head => self.agent.head(request.address),
            Method::Get => self.agent.get(request.address),
        };
        let mut builder = builder.header("Accept", request.accept);
        for (key, value) in request.query {
            builder = builder.query(key, value);
        }
        if let Some(authorization) = request.authorization {
            builder = builder.header("Authorization", authorization);
        }
        self.sent.fetch_add(1, Ordering::Relaxed);
        let sent = builder.config().timeout_global(Some(left)).build().call();
        let (parts, body) = sent.map_err(|error| undecided(&error))?.into_parts();
        let body = body.into_with_config().limit(request.longest).read_to_vec();
        Ok(Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.map_err(|error| undecided(&error))?,
        })
    }
}

impl Reply {
    /// A reply of these parts, without the headers that HTTP does not know.
    #[must_use]
    pub fn new<'h>(
        status: u16,
        headers: impl IntoIterator<Item = (&'h [u8], &'h [u8])>,
        body: Vec<u8>,
    ) -> Self {
        let parsed = headers.into_iter().filter_map(|(name, value)| {
            let name = HeaderName::from_bytes(name).ok()?;
            Some((name, HeaderValue::from_bytes(value).ok()?))
        });
        let mut headers = HeaderMap::new();
        for (name, value) in parsed {
            headers.append(name, value);
        }
        Self {
            status,
            headers,
            body,
        }
    }

    /// The text of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Why there was no reply.
fn undecided(error: &ureq::Error) -> Undecided {
    match error {
        ureq::Error::Timeout(_) => Undecided::TimedOut,
        ureq::Error::Io(error) => match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Undecided::TimedOut,
            io::ErrorKind::InvalidData => Undecided::Tls,
            _ => Undecided::Unreachable,
        },
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => Undecided::Unreachable,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Undecided::Tls,
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => {
            Undecided::TooLarge
        }
        ureq::Error::Other(error) if error.is::<PrivateAddress>() => Undecided::PrivateAddress,
        _ => Undecided::Unexpected,
    }
}

/// Resolves names, to public addresses only: a name that leads into the network that the linter runs in
/// must not make it ask there.
#[derive(Debug)]
struct PublicAddresses {
    /// Hosts that may be anywhere.
    local: Vec<String>,
    resolver: DefaultResolver,
}

#[derive(Debug)]
struct PrivateAddress;

impl fmt::Display for PrivateAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host is at a private address")
    }
}

impl Error for PrivateAddress {}

impl Resolver for PublicAddresses {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.resolver.resolve(uri, config, timeout)?;
        let host = uri.authority().map_or("", |authority| authority.as_str());
        if self.local.iter().any(|local| local == host) {
            return Ok(found);
        }
        let mut public = self.resolver.empty();
        for address in found.iter().filter(|address| is_public(address.ip())) {
            public.push(*address);
        }
        match public.is_empty() {
            true => Err(ureq::Error::Other(Box::new(PrivateAddress))),
            false => Ok(public),
        }
    }
}

/// Whether an address is one of the internet: not private, of the loopback, link-local or reserved
/// (<https://www.iana.org/assignments/iana-ipv4-special-registry>, `iana-ipv6-special-registry`).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || matches!((a, b, c), (0 | 224.., ..) | (100, 64..=127, _))
        || matches!((a, b, c), (192, 0, 0) | (192, 88, 99) | (198, 18 | 19, _)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4() {
        return is_public_v4(inner); // also `::` and `::1`
    }
    let [a, b, ..] = address.segments();
    match (a, b) {
        // NAT64: the last half is an address of IPv4.
        (0x64, 0xff9b) => {
            let [.., high, low] = address.segments();
            is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
        }
        // Teredo, benchmarks, ORCHID, documentation and the like; 6to4, which holds one of IPv4.
        (0x2001, 0..=0x1ff | 0xdb8) | (0x2002, _) | (0x3fff, 0..=0xfff) => false,
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_internet_are_told_from_others() {
        for (address, expected) in [
            ("8.8.8.8", true),
            ("52.0.0.1", true),
            ("2606:4700::1", true),
            ("64:ff9b::808:808", true),
            ("0.0.0.0", false),
            ("10.0.0.1", false),
            ("100.64.0.1", false),
            ("127.0.0.1", false),
            ("127.1.2.3", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("198.18.0.1", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("::ffff:169.254.169.254", false),
            ("::169.254.169.254", false),
            ("64:ff9b::a9fe:a9fe", false),
            ("2002:a9fe:a9fe::1", false),
            ("2001:db8::1", false),
            ("fd00::1", false),
            ("fe80::1", false),
            ("ff02::1", false),
        ] {
            let parsed: Result<IpAddr, _> = address.parse();
            assert_eq!(parsed.map(is_public), Ok(expected), "{address}");
        }
    }
}
