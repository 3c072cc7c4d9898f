//! A client of the socket that can also misbehave.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// A connection.
pub(crate) struct Client(BufReader<UnixStream>);

/// An answer's header and document.
pub(crate) type Answer = (Value, String);

impl Client {
    pub(crate) fn connect(socket: &Path) -> Self {
        let stream = UnixStream::connect(socket).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        Self(BufReader::new(stream))
    }

    /// Sends bytes as they are. A service that has hung up is noticed when its answer is read.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        drop(self.0.get_mut().write_all(bytes));
    }

    /// Sends a request.
    pub(crate) fn request(&mut self, call: &str, texts: &[&str]) {
        let bytes: Vec<usize> = texts.iter().map(|text| text.len()).collect();
        let header = format!(r#"{{"protocol":1,"call":"{call}","bytes":{bytes:?}}}"#);
        self.send(format!("{header}\n{}", texts.concat()).as_bytes());
    }

    /// Reads an answer; nothing where the service has hung up.
    pub(crate) fn answer(&mut self) -> Option<Answer> {
        let mut line = String::new();
        if self.0.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let header: Value = serde_json::from_str(&line).unwrap();
        let length = usize::try_from(header["bytes"].as_u64().unwrap()).unwrap();
        let mut document = vec![0; length];
        self.0.read_exact(&mut document).unwrap();
        Some((header, String::from_utf8(document).unwrap()))
    }

    /// A request and its answer.
    pub(crate) fn ask(&mut self, call: &str, texts: &[&str]) -> Answer {
        self.request(call, texts);
        self.answer().unwrap()
    }

    /// The code of the error that a request gets.
    pub(crate) fn refusal(&mut self, call: &str, texts: &[&str]) -> String {
        let (header, document) = self.ask(call, texts);
        assert_eq!(header["answer"], "error", "{header}");
        assert_eq!(document, "");
        assert_ne!(header["suggestion"], "");
        header["code"].as_str().unwrap().to_owned()
    }
}
