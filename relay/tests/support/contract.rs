//! Holds every answer the tests see against the published description.

use std::sync::LazyLock;

use jsonschema::Validator;
use reqwest::{Method, Response};
use serde_json::{Value, json};

static DESCRIPTION: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../openapi.json")).unwrap());

/// One kind of answer: operation, status, and the code of a problem.
pub(crate) type Seen = (String, u16, Option<String>);

/// Every kind of answer that the description knows.
pub(crate) fn described() -> Vec<Seen> {
    let mut all = Vec::new();
    for item in DESCRIPTION["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let status = status.parse().unwrap();
                let codes = &resolved(answer)["content"]["application/problem+json"]["schema"]["allOf"]
                    [1]["properties"]["code"]["enum"];
                match codes.as_array() {
                    None => all.push((id.to_owned(), status, None)),
                    Some(codes) => {
                        all.extend(codes.iter().map(|code| {
                            (id.to_owned(), status, code.as_str().map(ToOwned::to_owned))
                        }))
                    }
                }
            }
        }
    }
    all
}

/// Every operation that asks who is there: its name, method, and path with `id` in it.
pub(crate) fn guarded(id: &str) -> Vec<(String, Method, String)> {
    let mut all = Vec::new();
    for (path, item) in DESCRIPTION["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(name) = operation["operationId"].as_str() else {
                continue;
            };
            let open = operation["security"].as_array().is_some_and(Vec::is_empty);
            if !open {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let filled = path.split('/').map(|part| {
                    if part.starts_with('{') {
                        id.to_owned()
                    } else {
                        part.to_owned()
                    }
                });
                let filled: Vec<String> = filled.collect();
                all.push((name.to_owned(), method, filled.join("/")));
            }
        }
    }
    assert!(
        DESCRIPTION["security"][0]["shop"].is_array() && all.len() > 3,
        "what says nothing of it asks for a token"
    );
    all
}

/// Checks an answer and gives it back unread.
pub(crate) async fn checked(method: &str, path: &str, answer: Response) -> Response {
    seen(method, path, answer).await.1
}

/// Checks an answer; which kind it is, and the answer unread.
pub(crate) async fn seen(method: &str, path: &str, answer: Response) -> (Seen, Response) {
    let status = answer.status();
    let headers = answer.headers().clone();
    let body = answer.bytes().await.unwrap();
    let (operation, described) = expected(method, path, status.as_u16());
    let place = format!("{method} {path} {status}");
    let content = described["content"].as_object();
    let mut code = None;
    match content.and_then(|content| content.iter().next()) {
        None => assert!(body.is_empty(), "{place}: a body that is not described"),
        Some((kind, content)) => {
            assert_eq!(headers["content-type"], kind.as_str(), "{place}");
            let value: Value = serde_json::from_slice(&body).unwrap();
            conforms(&content["schema"], &value, &place);
            if status.is_client_error() || status.is_server_error() {
                code = value["code"].as_str().map(ToOwned::to_owned);
            }
        }
    }
    for (name, header) in described["headers"].as_object().into_iter().flatten() {
        let value = headers
            .get(name)
            .unwrap_or_else(|| panic!("{place}: no header {name}"));
        conforms(&header["schema"], &json!(value.to_str().unwrap()), &place);
    }
    let mut whole = axum::http::Response::new(body);
    *whole.status_mut() = status;
    *whole.headers_mut() = headers;
    ((operation, status.as_u16(), code), whole.into())
}

/// Fails unless the value has the shape.
pub(crate) fn conforms(schema: &Value, value: &Value, place: &str) {
    let errors: Vec<String> = validator(schema)
        .iter_errors(value)
        .map(|error| format!("{} {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{place}: {errors:#?}\n{value:#}");
}

/// A validator of one of the description's shapes.
pub(crate) fn validator(schema: &Value) -> Validator {
    let root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "components": DESCRIPTION["components"],
        "allOf": [schema],
    });
    jsonschema::options()
        .should_validate_formats(true)
        .build(&root)
        .unwrap()
}

fn resolved(node: &Value) -> &Value {
    node["$ref"].as_str().map_or(node, |reference| {
        let pointer = reference.strip_prefix('#').unwrap();
        DESCRIPTION.pointer(pointer).unwrap()
    })
}

fn expected(method: &str, path: &str, status: u16) -> (String, &'static Value) {
    let path = path.split('?').next().unwrap();
    let components = &DESCRIPTION["components"]["responses"];
    let item = DESCRIPTION["paths"]
        .as_object()
        .unwrap()
        .iter()
        .find(|(template, _)| fits(template, path));
    let Some((_, item)) = item else {
        assert_eq!(status, 404, "{path} is not described");
        return ("none".to_owned(), &components["RouteNotFound"]);
    };
    let operation = &item[method.to_lowercase()];
    let Some(id) = operation["operationId"].as_str() else {
        assert_eq!(status, 405, "{method} {path} is not described");
        return ("none".to_owned(), &components["MethodNotAllowed"]);
    };
    let answer = &operation["responses"][status.to_string()];
    assert!(
        answer.is_object(),
        "{method} {path} answered {status}, which is not described"
    );
    (id.to_owned(), resolved(answer))
}

/// Whether a path fits a template such as `/v1/runs/{run_id}`.
fn fits(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given || wanted.starts_with('{') => {}
            _ => return false,
        }
    }
}
