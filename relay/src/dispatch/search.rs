//! Did it land? Looking for an object in Sage, exactly.
//!
//! Sage's search is fuzzy: it finds names, parts, neighbours. Nothing it finds is believed
//! before every key of `find` is equal. The e-mail is a check and not a search key: the same
//! reference with another e-mail is somebody else.

use crate::inbox::BindingId;
use crate::plan::Resource;
use crate::sage::entity::{Entity, Page};
use crate::sage::{Answer, Business, Silence};

use super::classify::{Class, classify};
use super::criteria::Criteria;
use super::{Engine, Fault};
use crate::sage::oauth::TokenError;

const PER_PAGE: &str = "200";
/// A fuzzy search with more pages than this is no search.
const MAX_PAGES: u32 = 10;

/// What a search found.
#[derive(Debug)]
pub(super) enum Found {
    Nothing,
    One(Box<Entity>),
    Trouble(Trouble),
}

/// Neither found nor surely absent.
#[derive(Debug)]
pub(super) enum Trouble {
    /// More than one object equals; their ids.
    Several(Vec<String>),
    /// The reference belongs to a contact with another e-mail.
    Stranger,
    /// The search itself failed in this way.
    Failed(Class),
    /// There is no token to search with.
    NoToken(TokenError),
}

/// Looks for the object of a step.
pub(super) async fn search(
    engine: &Engine,
    binding: &BindingId,
    business: &Business,
    criteria: &Criteria<'_>,
) -> Result<Found, Fault> {
    let resource = criteria.step.resource;
    let mut matching: Vec<Entity> = Vec::new();
    for page in 1..=MAX_PAGES {
        let number = page.to_string();
        let mut query = vec![
            ("attributes", "all"),
            ("items_per_page", PER_PAGE),
            ("page", number.as_str()),
        ];
        query.extend(criteria.query());
        let page = match read(
            engine,
            binding,
            business,
            resource.path(),
            &query,
            Page::parse,
        )
        .await
        {
            Ok(page) => page,
            Err(trouble) => return Ok(Found::Trouble(trouble)),
        };
        for entity in page.items {
            match exact(engine, binding, business, criteria, entity).await? {
                Ok(entity) => matching.extend(entity),
                Err(trouble) => return Ok(Found::Trouble(trouble)),
            }
        }
        if !page.more {
            break;
        }
    }
    let ids: Vec<String> = matching.iter().filter_map(Entity::id).collect();
    Ok(match (matching.pop(), matching.is_empty()) {
        (None, _) => Found::Nothing,
        (Some(entity), true) if criteria.is_stranger(&entity) => Found::Trouble(Trouble::Stranger),
        (Some(entity), true) => Found::One(Box::new(entity)),
        (Some(_), false) => Found::Trouble(Trouble::Several(ids)),
    })
}

/// The entity when it is the one looked for; asks for the whole object when the list shows too little.
async fn exact(
    engine: &Engine,
    binding: &BindingId,
    business: &Business,
    criteria: &Criteria<'_>,
    listed: Entity,
) -> Result<Result<Option<Entity>, Trouble>, Fault> {
    let Some(id) = listed.id() else {
        return Ok(Ok(None));
    };
    let lacks_email = criteria.get("email").is_some() && listed.email().is_none();
    let entity = match criteria.equals(&listed) {
        Some(false) => return Ok(Ok(None)),
        Some(true) if !lacks_email => listed,
        Some(true) | None => {
            let path = format!("{}/{id}", criteria.step.resource.path());
            match read(
                engine,
                binding,
                business,
                &path,
                &[("nested_attributes", "all")],
                Entity::parse,
            )
            .await
            {
                Ok(entity) => entity,
                Err(trouble) => return Ok(Err(trouble)),
            }
        }
    };
    if criteria.equals(&entity) != Some(true) || entity.is_gone() {
        return Ok(Ok(None));
    }
    // A document that already stands for another one of the shop's is not this one.
    let owner = engine
        .store
        .owner(binding, criteria.step.resource.path(), &id)
        .await?;
    let taken = criteria.step.resource != Resource::Contacts
        && owner.is_some_and(|owner| owner != criteria.step.xref);
    Ok(Ok((!taken).then_some(entity)))
}

/// A GET that refreshes the token once and classifies everything but a readable answer.
pub(super) async fn read<T>(
    engine: &Engine,
    binding: &BindingId,
    business: &Business,
    path: &str,
    query: &[(&str, &str)],
    parse: impl Fn(&[u8]) -> Option<T>,
) -> Result<T, Trouble> {
    let mut stale = None;
    loop {
        let access = engine
            .tokens
            .access(binding, stale.as_ref())
            .await
            .map_err(Trouble::NoToken)?;
        let end = engine.sage.get(business, &access, path, query).await;
        if let Some(value) = readable(&end).and_then(&parse) {
            return Ok(value);
        }
        let class = classify(&end);
        if !matches!(class, Class::Unauthorised) || stale.is_some() {
            return Err(Trouble::Failed(class));
        }
        stale = Some(access);
    }
}

fn readable(end: &Result<Answer, Silence>) -> Option<&[u8]> {
    end.as_ref()
        .ok()
        .filter(|answer| answer.status == 200)?
        .body
        .as_deref()
}
