//! The debugging protocol: calls with numbers, their answers, and events in between.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::net::TcpStream;
use std::time::Duration;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Message, WebSocket, client::client_with_config};

/// A call that takes longer has failed.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The connection to one page.
#[derive(Debug)]
pub(crate) struct Connection {
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    calls: u64,
    events: Vec<String>,
    problems: Vec<String>,
}

impl Connection {
    /// Connects to a browser.
    pub(crate) fn open(port: u16, path: &str) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        let address = format!("ws://127.0.0.1:{port}{path}");
        // Answers of many megabytes come from our own pages.
        let limits = WebSocketConfig::default()
            .max_message_size(None)
            .max_frame_size(None);
        let (socket, _) = client_with_config(address, stream, Some(limits))
            .map_err(|error| anyhow::anyhow!("Chromium refuses the connection: {error}"))?;
        Ok(Self {
            socket,
            session: None,
            calls: 0,
            events: Vec::new(),
            problems: Vec::new(),
        })
    }

    /// Opens an empty page; every later call is about it.
    pub(crate) fn attach(&mut self) -> Result<()> {
        let made = self.call("Target.createTarget", json!({ "url": "about:blank" }))?;
        let target = made.get("targetId").context("Chromium made no page")?;
        let wanted = json!({ "targetId": target, "flatten": true });
        let attached = self.call("Target.attachToTarget", wanted)?;
        let session = attached.get("sessionId").and_then(Value::as_str);
        self.session = Some(session.context("the page has no session")?.to_owned());
        Ok(())
    }

    /// Calls a method and waits for its answer.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.calls += 1;
        let id = self.calls;
        let call = match &self.session {
            Some(session) => {
                json!({ "id": id, "method": method, "params": parameters, "sessionId": session })
            }
            None => json!({ "id": id, "method": method, "params": parameters }),
        };
        self.events.clear();
        self.socket.send(Message::text(call.to_string()))?;
        loop {
            let mut message = self.read().with_context(|| method.to_owned())?;
            if message.get("id").and_then(Value::as_u64) != Some(id) {
                self.note(&message);
                continue;
            }
            if let Some(error) = message.get("error") {
                bail!("{method}: {error}");
            }
            return Ok(message
                .get_mut("result")
                .map(Value::take)
                .unwrap_or_default());
        }
    }

    /// Waits for an event, unless it came during the last call.
    pub(crate) fn wait_for(&mut self, event: &str) -> Result<()> {
        while !self.events.iter().any(|seen| seen == event) {
            let message = self.read().with_context(|| event.to_owned())?;
            self.note(&message);
        }
        Ok(())
    }

    /// What went wrong in the page so far.
    pub(crate) fn problems(&self) -> &[String] {
        &self.problems
    }

    fn read(&mut self) -> Result<Value> {
        loop {
            if let Message::Text(text) = self.socket.read()? {
                return Ok(serde_json::from_str(&text)?);
            }
        }
    }

    fn note(&mut self, message: &Value) {
        let Some(event) = message.get("method").and_then(Value::as_str) else {
            return;
        };
        self.events.push(event.to_owned());
        let at = |pointer: &str| message.pointer(&format!("/params/{pointer}"));
        match event {
            "Runtime.exceptionThrown" => {
                let details = at("exceptionDetails").map(thrown);
                self.problems.extend(details);
            }
            "Log.entryAdded" if at("entry/level").is_some_and(|level| level == "error") => {
                self.problems.extend(at("entry").map(Value::to_string));
            }
            "Runtime.consoleAPICalled" if at("type").is_some_and(|kind| kind == "error") => {
                self.problems.extend(at("args").map(Value::to_string));
            }
            _ => {}
        }
    }
}

/// What a script threw, in words.
pub(crate) fn thrown(details: &Value) -> String {
    let described = details.pointer("/exception/description");
    let text = described.or_else(|| details.get("text"));
    text.and_then(Value::as_str).unwrap_or_default().to_owned()
}
