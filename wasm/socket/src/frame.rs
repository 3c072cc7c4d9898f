//! The protocol of the socket: one header line of JSON, then the texts as they are.
//!
//! ```text
//! → {"protocol":1,"call":"translate","bytes":[1834,512]}\n<event><settings>
//! ← {"answer":"post","code":"","pointer":"","message":"","suggestion":"","bytes":2210}\n<decision>
//! ```
//!
//! The texts are not escaped, so whatever bytes a caller has, sound or not, reach the core
//! unchanged. `docs/contracts.md` §6 defines the protocol for authors of clients.

use crate::core::{Answer, Call};
use ledger_wasm_host::{Error, Outcome};
use serde::{Deserialize, Serialize};

/// Version of the protocol.
pub(crate) const PROTOCOL: u32 = 1;

/// A header line is never longer.
pub(crate) const HEADER_BYTES: usize = 1024;

/// What a client asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    protocol: u32,
    call: Name,
    /// The length of every text that follows.
    pub(crate) bytes: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Describe,
    Translate,
    Explain,
    ExplainSections,
    ValidateSettings,
    ExplainReply,
}

impl Name {
    /// The texts of the call, by their names in messages.
    const fn texts(self) -> &'static [&'static str] {
        match self {
            Self::Describe => &[],
            Self::Translate | Self::Explain | Self::ExplainSections => &["event", "settings"],
            Self::ValidateSettings => &["settings", "tier"],
            Self::ExplainReply => &["reply", "plan", "step"],
        }
    }
}

/// A request that was read completely.
#[derive(Debug)]
pub(crate) enum Wanted<'a> {
    Describe,
    Call(Call<'a>),
}

impl Request {
    /// Reads a header line.
    pub(crate) fn parse(line: &[u8]) -> Result<Self, Refusal> {
        /// The version is looked at first: another one may have other fields.
        #[derive(Deserialize)]
        struct Version {
            protocol: u32,
        }
        let version: Version = serde_json::from_slice(line).map_err(|_| Refusal::BadRequest)?;
        if version.protocol != PROTOCOL {
            return Err(Refusal::ProtocolMismatch(version.protocol));
        }
        let request: Self = serde_json::from_slice(line).map_err(|_| Refusal::BadRequest)?;
        debug_assert_eq!(request.protocol, PROTOCOL);
        if request.bytes.len() != request.call.texts().len() {
            return Err(Refusal::BadRequest);
        }
        Ok(request)
    }

    /// The error for the first text that is larger than allowed.
    pub(crate) fn check_sizes(&self, limit: usize) -> Result<(), Error> {
        for (document, bytes) in self.call.texts().iter().zip(&self.bytes) {
            if *bytes > limit {
                return Err(Error::InputTooLarge {
                    document,
                    bytes: *bytes,
                    limit,
                });
            }
        }
        Ok(())
    }

    /// The call with its texts, cut from `body`; nothing where the lengths do not fit.
    pub(crate) fn with<'a>(&self, body: &'a [u8]) -> Option<Wanted<'a>> {
        let mut rest = body;
        let mut texts = Vec::with_capacity(self.bytes.len());
        for length in &self.bytes {
            let (text, tail) = rest.split_at_checked(*length)?;
            texts.push(text);
            rest = tail;
        }
        let wanted = match (self.call, texts.as_slice()) {
            (Name::Describe, []) => Wanted::Describe,
            (Name::Translate, [event, settings]) => {
                Wanted::Call(Call::Translate { event, settings })
            }
            (Name::Explain, [event, settings]) => Wanted::Call(Call::Explain { event, settings }),
            (Name::ExplainSections, [event, settings]) => {
                Wanted::Call(Call::ExplainSections { event, settings })
            }
            (Name::ValidateSettings, [settings, tier]) => {
                Wanted::Call(Call::ValidateSettings { settings, tier })
            }
            (Name::ExplainReply, [reply, plan, step]) => {
                Wanted::Call(Call::ExplainReply { reply, plan, step })
            }
            _ => return None,
        };
        Some(wanted)
    }
}

/// Why a client gets no answer of the core.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    BadRequest,
    ProtocolMismatch(u32),
    PeerRefused(u32),
    Busy,
}

impl Refusal {
    const fn code(&self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::ProtocolMismatch(_) => "protocol_mismatch",
            Self::PeerRefused(_) => "peer_refused",
            Self::Busy => "busy",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::BadRequest => "The first line is no request of the protocol".to_owned(),
            Self::ProtocolMismatch(version) => {
                format!("The client speaks version {version} of the protocol, not {PROTOCOL}")
            }
            Self::PeerRefused(uid) => format!("User {uid} may not use this service"),
            Self::Busy => "The service has as many clients as it takes".to_owned(),
        }
    }

    const fn suggestion(&self) -> &'static str {
        match self {
            Self::BadRequest => "Only the Magento module and its tools speak to this socket.",
            Self::ProtocolMismatch(_) => {
                "Install the Magento module and sage-translate of the same release."
            }
            Self::PeerRefused(_) => {
                "Start sage-translate with --allow-user and the user that PHP runs as."
            }
            Self::Busy => "Try again; look for PHP processes that hang.",
        }
    }
}

/// The header line of an answer.
#[derive(Serialize)]
struct Header<'a> {
    answer: &'a str,
    code: &'a str,
    pointer: &'a str,
    message: &'a str,
    suggestion: &'a str,
    bytes: usize,
}

impl Header<'_> {
    fn with(&self, document: &str) -> Vec<u8> {
        // Texts and a number: there is nothing that could not be written as JSON.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.reserve(document.len().saturating_add(1));
        bytes.push(b'\n');
        bytes.extend_from_slice(document.as_bytes());
        bytes
    }
}

/// The answer to a request as bytes.
pub(crate) fn answer(answer: &Answer) -> Vec<u8> {
    let (name, [code, pointer, message, suggestion], document) = match answer {
        Answer::Text(text) => ("text", [""; 4], text),
        Answer::Decision(decision) => {
            let (name, texts) = match &decision.outcome {
                Outcome::Post => ("post", [""; 4]),
                Outcome::Skip { reason, message } => {
                    ("skip", [reason.as_str(), "", message.as_str(), ""])
                }
                Outcome::Reject {
                    code,
                    pointer,
                    message,
                    suggestion,
                } => (
                    "reject",
                    [code, pointer, message, suggestion].map(String::as_str),
                ),
            };
            (name, texts, &decision.document)
        }
    };
    Header {
        answer: name,
        code,
        pointer,
        message,
        suggestion,
        bytes: document.len(),
    }
    .with(document)
}

/// An error of the host as bytes.
pub(crate) fn error(error: &Error) -> Vec<u8> {
    failure(error.code(), &error.full_message(), error.suggestion())
}

/// A refusal as bytes.
pub(crate) fn refusal(refusal: &Refusal) -> Vec<u8> {
    failure(refusal.code(), &refusal.message(), refusal.suggestion())
}

fn failure(code: &str, message: &str, suggestion: &str) -> Vec<u8> {
    Header {
        answer: "error",
        code,
        pointer: "",
        message,
        suggestion,
        bytes: 0,
    }
    .with("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger_wasm_host::Decision;

    fn parse(line: &str) -> Result<Request, Refusal> {
        Request::parse(line.as_bytes())
    }

    #[test]
    fn texts_are_cut_by_their_lengths() {
        let request = parse(r#"{"protocol":1,"call":"translate","bytes":[2,3]}"#).unwrap();
        let Some(Wanted::Call(Call::Translate { event, settings })) = request.with(b"abcde") else {
            panic!("it is a translation");
        };
        assert_eq!((event, settings), (&b"ab"[..], &b"cde"[..]));
        assert!(request.with(b"abcd").is_none());
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for line in [
            "",
            "GET / HTTP/1.1",
            "{}",
            r#"{"protocol":1,"call":"translate","bytes":[2]}"#,
            r#"{"protocol":1,"call":"delete","bytes":[]}"#,
            r#"{"protocol":1,"call":"describe","bytes":[],"more":1}"#,
            r#"{"protocol":1,"call":"translate","bytes":[-1,3]}"#,
        ] {
            assert_eq!(parse(line).unwrap_err(), Refusal::BadRequest, "{line}");
        }
        let other = parse(r#"{"protocol":2,"verb":"translate"}"#).unwrap_err();
        assert_eq!(other, Refusal::ProtocolMismatch(2));
    }

    #[test]
    fn the_text_that_is_too_large_is_named() {
        let request = parse(r#"{"protocol":1,"call":"explain_reply","bytes":[1,9,1]}"#).unwrap();
        let error = request.check_sizes(8).unwrap_err();
        assert_eq!(error.code(), "input_too_large");
        assert!(error.to_string().contains("plan"), "{error}");
        assert!(request.check_sizes(9).is_ok());
    }

    #[test]
    fn an_answer_is_a_line_and_the_document() {
        let decision = Decision {
            outcome: Outcome::Skip {
                reason: "paused".to_owned(),
                message: "Not now.".to_owned(),
            },
            document: "{}".to_owned(),
        };
        assert_eq!(
            String::from_utf8(answer(&Answer::Decision(decision))).unwrap(),
            "{\"answer\":\"skip\",\"code\":\"paused\",\"pointer\":\"\",\"message\":\"Not now.\",\
             \"suggestion\":\"\",\"bytes\":2}\n{}"
        );
    }
}
