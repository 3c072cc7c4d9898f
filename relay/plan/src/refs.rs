//! `{"$ref": …}`: the name of an object whose Sage id only the relay knows.

use std::collections::BTreeMap;

use crate::json::{Node, pointer_segment};

/// The keys a `$ref` offers, in order; `None` when the node is no well-formed `$ref`.
pub fn alternatives(node: &Node) -> Option<Vec<&str>> {
    let Node::Object(entries) = node else {
        return None;
    };
    let [(name, value)] = entries.as_slice() else {
        return None;
    };
    if name != "$ref" {
        return None;
    }
    if let Node::Text(key) = value {
        return (!key.is_empty()).then(|| vec![key.as_str()]);
    }
    let Node::List(list) = value else { return None };
    let mut keys = Vec::with_capacity(list.len());
    for item in list {
        let Node::Text(key) = item else { return None };
        keys.push(key.as_str());
    }
    (!keys.is_empty()).then_some(keys)
}

/// The pointer of the first `$ref` that can only mean one of these keys.
pub fn first_pointing_to(node: &Node, names: &[&str]) -> Option<String> {
    if let Some(keys) = alternatives(node) {
        return keys
            .iter()
            .all(|key| names.contains(key))
            .then(|| "/$ref".to_owned());
    }
    let below = |segment: &str, node| {
        first_pointing_to(node, names).map(|rest| format!("/{}{rest}", pointer_segment(segment)))
    };
    if let Node::Object(entries) = node {
        return entries.iter().find_map(|(key, node)| below(key, node));
    }
    if let Node::List(list) = node {
        return list
            .iter()
            .enumerate()
            .find_map(|(index, node)| below(&index.to_string(), node));
    }
    None
}

/// Every key that occurs in a `$ref`.
pub fn mentioned<'n>(node: &'n Node, into: &mut Vec<&'n str>) {
    if let Some(keys) = alternatives(node) {
        into.extend(keys);
    } else if let Node::Object(entries) = node {
        entries.iter().for_each(|(_, node)| mentioned(node, into));
    } else if let Node::List(list) = node {
        list.iter().for_each(|node| mentioned(node, into));
    }
}

/// The node with every `$ref` replaced by the id of the first alternative that exists.
/// Changes nothing else. The error is the keys none of which exists.
pub fn resolve(node: &Node, known: &BTreeMap<String, String>) -> Result<Node, Vec<String>> {
    if let Some(keys) = alternatives(node) {
        let found = keys.iter().find_map(|key| known.get(*key));
        return found
            .map(|id| Node::Text(id.clone()))
            .ok_or_else(|| keys.into_iter().map(ToOwned::to_owned).collect());
    }
    match node {
        Node::Object(entries) => {
            let resolved = entries
                .iter()
                .map(|(key, node)| resolve(node, known).map(|node| (key.clone(), node)));
            Ok(Node::Object(resolved.collect::<Result<_, _>>()?))
        }
        Node::List(list) => Ok(Node::List(
            list.iter()
                .map(|node| resolve(node, known))
                .collect::<Result<_, _>>()?,
        )),
        Node::Null | Node::Bool(_) | Node::Integer(_) | Node::Text(_) => Ok(node.clone()),
    }
}
