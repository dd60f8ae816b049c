//! A small HTTP server on the loopback, which answers whatever a test wants.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// What is asked.
pub struct Asked {
    pub method: String,
    pub path: String,
    pub authorization: Option<String>,
    /// The server's own host and port.
    pub host: String,
    /// How many requests there were before.
    pub before: usize,
}

/// What is answered.
pub enum Reply {
    /// These bytes.
    Bytes(Vec<u8>),
    /// These, one after the other, with a pause between.
    Drip(Vec<u8>),
    /// These first, then zeros without end.
    Endless(Vec<u8>),
    /// Nothing, for a long time.
    Silence,
}

/// A server that lives as long as the test binary.
pub struct Server {
    host: String,
    requests: Arc<AtomicUsize>,
}

impl Server {
    pub fn start(answer: fn(&Asked) -> Reply) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let host = listener.local_addr()?.to_string();
        let requests = Arc::new(AtomicUsize::new(0));
        let (own, count) = (host.clone(), Arc::clone(&requests));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (host, count) = (own.clone(), Arc::clone(&count));
                thread::spawn(move || serve(&stream, host, &count, answer));
            }
        });
        Ok(Self { host, requests })
    }

    pub fn host(&self) -> String {
        self.host.clone()
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// Answers one request. That the client hangs up early is its right.
fn serve(
    mut stream: &TcpStream,
    host: String,
    count: &AtomicUsize,
    answer: fn(&Asked) -> Reply,
) -> io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let mut words = first.split(' ').map(str::to_owned);
    let mut asked = Asked {
        method: words.next().unwrap_or_default(),
        path: words.next().unwrap_or_default(),
        authorization: None,
        host,
        before: count.fetch_add(1, Ordering::SeqCst),
    };
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("authorization")
        {
            asked.authorization = Some(value.to_owned());
        }
    }
    let is_head = asked.method == "HEAD";
    match answer(&asked) {
        Reply::Bytes(bytes) if is_head => {
            let end = bytes.windows(4).position(|part| part == b"\r\n\r\n");
            stream.write_all(&bytes[..end.map_or(bytes.len(), |end| end + 4)])
        }
        Reply::Bytes(bytes) => stream.write_all(&bytes),
        Reply::Drip(bytes) => bytes.chunks(1).try_for_each(|byte| {
            thread::sleep(Duration::from_millis(150));
            stream.write_all(byte)
        }),
        Reply::Endless(bytes) => {
            stream.write_all(&bytes)?;
            loop {
                stream.write_all(&[b'0'; 4096])?;
            }
        }
        Reply::Silence => {
            thread::sleep(Duration::from_secs(20));
            Ok(())
        }
    }
}

/// A response with these header lines.
pub fn response(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}

/// A status and one header.
pub fn with_header(status: u16, header: &str) -> Reply {
    Reply::Bytes(response(status, &format!("{header}\r\n"), ""))
}

pub fn json(status: u16, body: &str) -> Reply {
    Reply::Bytes(response(status, "Content-Type: application/json\r\n", body))
}

/// An image of one platform.
pub fn image() -> Reply {
    typed("application/vnd.oci.image.manifest.v1+json", "{}")
}

/// An image with this digest.
pub fn image_of(digest: &str) -> Reply {
    let headers = format!(
        "Content-Type: application/vnd.oci.image.manifest.v1+json\r\nDocker-Content-Digest: {digest}\r\n"
    );
    Reply::Bytes(response(200, &headers, "{}"))
}

/// An index with these manifests.
pub fn index(manifests: &str) -> Reply {
    typed(INDEX, &format!("{{\"manifests\": {manifests}}}"))
}

pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";

pub fn typed(kind: &str, body: &str) -> Reply {
    let header = format!("Content-Type: {kind}\r\n");
    Reply::Bytes(response(200, &header, body))
}
